/* What a call has initialised and another is to destroy: counted, made to fail,
 * and looked for at the end of each schedule. What stands in static storage may
 * stay: it lives as long as the program. */
#include <errno.h>

#include "calls.h"
#include "wrap.h"

WRAP(int, pthread_condattr_init, (pthread_condattr_t * attributes));
WRAP(int, pthread_condattr_destroy, (pthread_condattr_t * attributes));

struct init {
    const void *address;
    const void *pc;
    const char *what;
};

/* Those of this schedule, in no order. Guarded by the token. */
static struct init live[MODEL_OBJECTS];
static unsigned count;

void inits_begin(void)
{
    count = 0;
}

static struct init *find(const void *address)
{
    for (unsigned i = 0; i < count; i++)
        if (live[i].address == address)
            return &live[i];
    return NULL;
}

bool inits_fail(const void *pc)
{
    model.inits++;
    if (model.fail_init == 0 || --model.fail_init > 0)
        return false;
    model_event(OP_FAULT, NULL, pc, NOTE_FAILED);
    return true;
}

/* One that is there already is begun anew: its storage is used again. */
void inits_note(const void *address, const char *what, const void *pc)
{
    struct init *init = find(address);

    if (init == NULL && count < MODEL_OBJECTS && !state_holds(address))
        init = &live[count++];
    if (init != NULL)
        *init = (struct init){address, pc, what};
}

void inits_forget(const void *address)
{
    struct init *init = find(address);

    if (init != NULL)
        *init = live[--count];
}

bool inits_leaked(const void **pc, const char **what)
{
    if (count == 0)
        return false;
    *pc = live[0].pc;
    *what = live[0].what;
    return true;
}

int __wrap_pthread_condattr_init(pthread_condattr_t *attributes)
{
    if (!model_is_on())
        return __real_pthread_condattr_init(attributes);
    if (inits_fail(CALLER))
        return ENOMEM;
    int error = __real_pthread_condattr_init(attributes);
    if (error == 0)
        inits_note(attributes, "a condition's attributes", CALLER);
    return error;
}

int __wrap_pthread_condattr_destroy(pthread_condattr_t *attributes)
{
    if (!model_is_on())
        return __real_pthread_condattr_destroy(attributes);
    if (find(attributes) == NULL && !state_holds(attributes))
        verdict_misuse(CALLER, "a condition's attributes are destroyed that "
                               "are not initialised, or no longer");
    inits_forget(attributes);
    return __real_pthread_condattr_destroy(attributes);
}

unsigned long explore_inits(void)
{
    search_counted();
    return model.inits;
}

void explore_fail_init(unsigned nth)
{
    search_counted();
    model.fail_init = nth;
}
