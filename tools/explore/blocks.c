/* A thread that runs for long without a schedule point: code that was compiled
 * with -fsanitize-coverage=trace-pc calls the function below in each basic block,
 * and at some of them others may run.
 *
 * Not at all of them: that would be so many points that the search among the
 * others drowns. A loop that waits for another thread's plain variable, or for an
 * atomic one in a build where that is no call, needs a point now and then to end
 * at all. So a thread comes to one when it has run through FEW blocks since the
 * last point, and if it still goes on then, through twice as many, up to MANY:
 * long computations do not use up the schedule's steps. */
#include "model.h"

enum { FEW = 256, MANY = 1 << 16 };

/* Of the calling thread. */
static _Thread_local struct {
    uint64_t stamp; /* of the last point */
    unsigned seen;  /* blocks since */
    unsigned most;  /* until the next */
} run;

void __sanitizer_cov_trace_pc(void);

static void pass_on(struct thread *self, const void *pc)
{
    unsigned most = run.most < MANY ? 2 * run.most : MANY;

    strategy_yield(self);
    model_point(OP_BLOCK, NULL, pc);
    run.stamp = self->stamp;
    run.seen = 0;
    run.most = most;
}

void __sanitizer_cov_trace_pc(void)
{
    struct thread *self = model_self;

    if (self == NULL || !model.running)
        return;
    if (run.stamp != self->stamp) {
        run.stamp = self->stamp;
        run.seen = 0;
        run.most = FEW;
    }
    if (++run.seen >= run.most)
        pass_on(self, CALLER);
}
