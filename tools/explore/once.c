/* pthread_once(). That it is done is kept in the program's own variable, and so
 * undone with the rest of its data; who is at it, in the model. */
#include "calls.h"
#include "wrap.h"

WRAP(int, pthread_once, (pthread_once_t * once, void (*function)(void)));

enum { DONE = 2 }; /* to glibc, and to ThreadSanitizer's wrapper too */

static bool nobody_is_at_it(const struct thread *thread)
{
    return thread->object->holder == NULL;
}

/* Also when the function leaves by pthread_exit(): then it is not done. */
static void leave(void *arg)
{
    ((struct object *)arg)->holder = NULL;
}

static void run(struct object *object, void (*function)(void), const void *pc)
{
    object->holder = model_self;
    object->held_since = pc;
    pthread_cleanup_push(leave, object);
    function();
    pthread_cleanup_pop(1);
}

int once_run(pthread_once_t *once, void (*function)(void), const void *pc)
{
    struct object *object = object_find(once, OBJECT_ONCE);

    (void)model_park(OP_ONCE, object, pc, nobody_is_at_it, MODEL_NEVER);
    if (*once == DONE) {
        tsan_acquire_from(once);
        return 0;
    }
    run(object, function, pc);
    tsan_release_to(once);
    *once = DONE;
    model_event(OP_ONCE, object, pc, NOTE_NONE);
    return 0;
}

int __wrap_pthread_once(pthread_once_t *once, void (*function)(void))
{
    return model_is_on() ? once_run(once, function, CALLER)
                         : __real_pthread_once(once, function);
}
