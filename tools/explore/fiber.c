#include "fiber.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The sanitizers' functions are weak: what is not linked in is not told. */
void *__tsan_get_current_fiber(void) __attribute__((weak));
void *__tsan_create_fiber(unsigned flags) __attribute__((weak));
void __tsan_switch_to_fiber(void *fiber, unsigned flags) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));
void __sanitizer_start_switch_fiber(void **fake_stack, const void *bottom,
                                    size_t size) __attribute__((weak));
void __sanitizer_finish_switch_fiber(void *fake_stack, const void **bottom,
                                     size_t *size) __attribute__((weak));

/* A switch orders nothing: what the program does orders its threads. */
enum { NO_SYNC = 1 };

enum { GUARD = 1 << 16 }; /* bytes; a multiple of any page size */

/* --- The switch: what the C library's ABI has a function keep --- */

void fiber_swap(void **from, void *to) __asm__("fiber_swap");
void fiber_enter(void) __asm__("fiber_enter"); /* calls enter(arg) */

#if defined __x86_64__

/* From the lowest address up, as fiber_swap leaves it on the stack. */
struct frame {
    uint32_t mxcsr;
    uint32_t x87;
    void (*enter)(void *); /* r15 */
    void *arg;             /* r14 */
    uint64_t others[4];    /* r13, r12, rbx, rbp */
    void (*returns_to)(void);
    uint64_t end[2]; /* of all calls; the stack pointer is a multiple of 16 */
};

enum { MXCSR = 0x1f80, X87 = 0x037f }; /* as a new thread has them */

static struct frame first_frame(void (*enter)(void *), void *arg)
{
    return (struct frame){.mxcsr = MXCSR,
                          .x87 = X87,
                          .enter = enter,
                          .arg = arg,
                          .returns_to = fiber_enter};
}

__asm__(".text\n"
        ".p2align 4\n"
        ".globl fiber_swap\n"
        ".type fiber_swap, @function\n"
        "fiber_swap:\n"
        "    .cfi_startproc\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    subq $8, %rsp\n"
        "    stmxcsr (%rsp)\n"
        "    fnstcw 4(%rsp)\n"
        "    movq %rsp, (%rdi)\n"
        "    movq %rsi, %rsp\n"
        "    ldmxcsr (%rsp)\n"
        "    fldcw 4(%rsp)\n"
        "    addq $8, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size fiber_swap, . - fiber_swap\n"
        ".p2align 4\n"
        ".globl fiber_enter\n"
        ".type fiber_enter, @function\n"
        "fiber_enter:\n"
        "    .cfi_startproc\n"
        "    .cfi_undefined rip\n" /* a debugger's backtrace ends here */
        "    movq %r14, %rdi\n"
        "    callq *%r15\n"
        "    ud2\n"
        "    .cfi_endproc\n"
        ".size fiber_enter, . - fiber_enter\n");

#elif defined __aarch64__

struct frame {
    void (*enter)(void *); /* x19 */
    void *arg;             /* x20 */
    uint64_t others[9];    /* x21 to x29 */
    void (*returns_to)(void);
    uint64_t floats[8]; /* d8 to d15 */
    uint64_t fpcr;
    uint64_t unused; /* the stack pointer is a multiple of 16 */
};

static struct frame first_frame(void (*enter)(void *), void *arg)
{
    return (struct frame){
        .enter = enter, .arg = arg, .returns_to = fiber_enter};
}

__asm__(".text\n"
        ".p2align 4\n"
        ".globl fiber_swap\n"
        ".type fiber_swap, %function\n"
        "fiber_swap:\n"
        "    .cfi_startproc\n"
        "    sub sp, sp, #176\n"
        "    stp x19, x20, [sp, #0]\n"
        "    stp x21, x22, [sp, #16]\n"
        "    stp x23, x24, [sp, #32]\n"
        "    stp x25, x26, [sp, #48]\n"
        "    stp x27, x28, [sp, #64]\n"
        "    stp x29, x30, [sp, #80]\n"
        "    stp d8, d9, [sp, #96]\n"
        "    stp d10, d11, [sp, #112]\n"
        "    stp d12, d13, [sp, #128]\n"
        "    stp d14, d15, [sp, #144]\n"
        "    mrs x9, fpcr\n"
        "    str x9, [sp, #160]\n"
        "    mov x9, sp\n"
        "    str x9, [x0]\n"
        "    mov sp, x1\n"
        "    ldr x9, [sp, #160]\n"
        "    msr fpcr, x9\n"
        "    ldp d14, d15, [sp, #144]\n"
        "    ldp d12, d13, [sp, #128]\n"
        "    ldp d10, d11, [sp, #112]\n"
        "    ldp d8, d9, [sp, #96]\n"
        "    ldp x29, x30, [sp, #80]\n"
        "    ldp x27, x28, [sp, #64]\n"
        "    ldp x25, x26, [sp, #48]\n"
        "    ldp x23, x24, [sp, #32]\n"
        "    ldp x21, x22, [sp, #16]\n"
        "    ldp x19, x20, [sp, #0]\n"
        "    add sp, sp, #176\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size fiber_swap, . - fiber_swap\n"
        ".p2align 4\n"
        ".globl fiber_enter\n"
        ".type fiber_enter, %function\n"
        "fiber_enter:\n"
        "    .cfi_startproc\n"
        "    .cfi_undefined x30\n" /* a debugger's backtrace ends here */
        "    mov x0, x20\n"
        "    mov x29, #0\n"
        "    mov x30, #0\n"
        "    blr x19\n"
        "    brk #0\n"
        "    .cfi_endproc\n"
        ".size fiber_enter, . - fiber_enter\n");

#else
#error "say here how a context is switched"
#endif

/* --- A fiber --- */

bool fiber_is_possible(void)
{
    return __tsan_release == NULL || __tsan_create_fiber != NULL;
}

/* By the bare system call: a sanitizer would take the whole stack for memory
 * that the caller has written. */
static char *map_stack(size_t size)
{
    long at = syscall(SYS_mmap, NULL, size + GUARD, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK,
                      -1, 0L);

    if (at == -1)
        return NULL;
    if (syscall(SYS_mprotect, at, GUARD, PROT_NONE) == 0)
        return (char *)(uintptr_t)at + GUARD;
    (void)syscall(SYS_munmap, at, size + GUARD);
    return NULL;
}

/* What the system gives a thread that asks for nothing; 0: it does not say. */
static size_t default_stack_size(void)
{
    pthread_attr_t attributes;
    size_t size = 0;

    if (pthread_attr_init(&attributes) != 0)
        return 0;
    (void)pthread_attr_getstacksize(&attributes, &size);
    (void)pthread_attr_destroy(&attributes);
    return size & ~(size_t)(GUARD - 1);
}

/* The first that runs on a fiber's stack. */
static void begin(void *arg)
{
    struct fiber *fiber = arg;

    if (__sanitizer_finish_switch_fiber != NULL)
        __sanitizer_finish_switch_fiber(NULL, NULL, NULL);
    fiber->enter(fiber->arg);
}

bool fiber_make(struct fiber *fiber, void (*enter)(void *), void *arg)
{
    size_t size = default_stack_size();

    if (size == 0)
        return false;
    fiber->stack = map_stack(size);
    if (fiber->stack == NULL)
        return false;
    fiber->size = size;
    struct frame *frame =
        (struct frame *)(void *)(fiber->stack + size - sizeof *frame);
    *frame = first_frame(begin, fiber);
    fiber->stack_pointer = frame;
    fiber->enter = enter;
    fiber->arg = arg;
    if (__tsan_create_fiber != NULL)
        fiber->tsan = __tsan_create_fiber(0);
    return true;
}

void fiber_adopt_caller(struct fiber *fiber)
{
    const void *bottom = NULL;

    if (__tsan_get_current_fiber != NULL)
        fiber->tsan = __tsan_get_current_fiber();
    if (__sanitizer_start_switch_fiber == NULL)
        return;
    /* There and back, to be told the bounds of the caller's stack. */
    void *fake_stack;
    __sanitizer_start_switch_fiber(&fake_stack, NULL, 0);
    __sanitizer_finish_switch_fiber(fake_stack, &bottom, &fiber->size);
    __sanitizer_start_switch_fiber(&fake_stack, bottom, fiber->size);
    __sanitizer_finish_switch_fiber(fake_stack, NULL, NULL);
    fiber->stack = (char *)(uintptr_t)bottom;
}

void fiber_switch(struct fiber *from, struct fiber *to)
{
    if (__tsan_switch_to_fiber != NULL)
        __tsan_switch_to_fiber(to->tsan, NO_SYNC);
    if (__sanitizer_start_switch_fiber != NULL)
        __sanitizer_start_switch_fiber(&from->fake_stack, to->stack, to->size);
    fiber_swap(&from->stack_pointer, to->stack_pointer);
    if (__sanitizer_finish_switch_fiber != NULL)
        __sanitizer_finish_switch_fiber(from->fake_stack, NULL, NULL);
}
