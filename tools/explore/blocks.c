/* A thread that runs for long without a schedule point: code that was compiled
 * with -fsanitize-coverage=trace-pc calls the function below in each basic
 * block, and at some of them others may run.
 *
 * Not at all of them: that would be so many points that the search among the
 * others drowns. A loop that waits for another thread's plain variable, or for
 * an atomic one in a build where that is no call, needs a point now and then to
 * end at all. So a thread comes to one when it has run through FEW blocks since
 * the last point, and if it still goes on then, through twice as many, up to
 * MANY: long computations do not use up the schedule's steps. */
#include "model.h"

enum { FEW = 256, MANY = 1 << 12 };

void __sanitizer_cov_trace_pc(void);

static void pass_on(struct thread *self, const void *pc)
{
    unsigned most = self->blocks_most < MANY ? 2 * self->blocks_most : MANY;

    strategy_yield(self);
    model_point(OP_BLOCK, NULL, pc);
    self->blocks_since = self->stamp;
    self->blocks = 0;
    self->blocks_most = most;
}

void __sanitizer_cov_trace_pc(void)
{
    struct thread *self = model_self;

    if (self == NULL || !model.running)
        return;
    if (self->blocks_since != self->stamp) {
        self->blocks_since = self->stamp;
        self->blocks = 0;
        self->blocks_most = FEW;
    }
    if (++self->blocks >= self->blocks_most)
        pass_on(self, CALLER);
}
