/* Clean-up handlers of pthread_exit(). pthread_cleanup_push() is a macro: it
 * saves where it stands, as setjmp() does, and registers that with the calling
 * kernel thread, of which the program's threads may share one. So they are kept
 * with each thread here, and the jumps are made here. */
#include "model.h"
#include "wrap.h"

WRAP(void, __pthread_register_cancel, (__pthread_unwind_buf_t * buffer));
WRAP(void, __pthread_unregister_cancel, (__pthread_unwind_buf_t * buffer));
WRAP(_Noreturn void, __pthread_unwind_next, (__pthread_unwind_buf_t * buffer));

/* longjmp() to a buffer that holds no more of a jmp_buf than its use needs. */
_Noreturn void cleanup_jump(void *buffer, int value) __asm__("longjmp");

enum { OUTER }; /* the word of a buffer's own that names the one around it */

void __wrap___pthread_register_cancel(__pthread_unwind_buf_t *buffer)
{
    if (!model_is_on()) {
        __real___pthread_register_cancel(buffer);
        return;
    }
    buffer->__pad[OUTER] = model_self->cleanups;
    model_self->cleanups = buffer;
}

void __wrap___pthread_unregister_cancel(__pthread_unwind_buf_t *buffer)
{
    if (model_is_on())
        model_self->cleanups = buffer->__pad[OUTER];
    else
        __real___pthread_unregister_cancel(buffer);
}

void cleanup_run(struct thread *self)
{
    __pthread_unwind_buf_t *buffer = self->cleanups;

    if (buffer == NULL)
        return;
    self->cleanups = buffer->__pad[OUTER];
    /* The handler runs there, and then calls __pthread_unwind_next(). */
    cleanup_jump(buffer->__cancel_jmp_buf, 1);
}

_Noreturn void __wrap___pthread_unwind_next(__pthread_unwind_buf_t *buffer)
{
    if (!model_is_on())
        __real___pthread_unwind_next(buffer);
    threads_exit(model_self->result);
}
