#include "logline.h"
#include "must.h"
#include "step.h"
#include "waitgroup.h"

#include <pthread.h>

#include "../admitted/beside.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

enum status answer(void)
{
    MUST(pthread_mutex_lock(&lock));
    log_line("%s %d", status_str(ST_OK), twice(2));
    MUST(pthread_mutex_unlock(&lock));
    return step_todo("pool.1", &lock);
}
