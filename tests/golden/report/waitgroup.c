/* A student's chapter 0, right as it stands. The report's tests put one fault
 * into it each; the outputs beside this file quote its lines. */
#include "waitgroup.h"

#include <limits.h>
#include <stdlib.h>

#include "step.h"

enum status waitgroup_init(waitgroup *wg)
{
    wg->count = 0;
    wg->rounds = 0;
    int error = pthread_mutex_init(&wg->lock, NULL);
    if (error != 0)
        return status_of_error(error);
    error = pthread_cond_init(&wg->zero, NULL);
    if (error != 0)
        pthread_mutex_destroy(&wg->lock);
    return status_of_error(error);
}

enum status waitgroup_add(waitgroup *wg, long delta)
{
    enum status result = ST_OK;

    pthread_mutex_lock(&wg->lock);
    if (delta < 0 ? wg->count + delta < 0 : wg->count > LONG_MAX - delta) {
        result = ST_INVALID;
    } else {
        wg->count += delta;
        if (wg->count == 0 && delta != 0) {
            wg->rounds++;
            pthread_cond_broadcast(&wg->zero);
        }
    }
    pthread_mutex_unlock(&wg->lock);
    return result;
}

enum status waitgroup_done(waitgroup *wg)
{
    return waitgroup_add(wg, -1);
}

enum status waitgroup_wait(waitgroup *wg)
{
    pthread_mutex_lock(&wg->lock);
    unsigned long began = wg->rounds;
    while (wg->count != 0 && wg->rounds == began)
        pthread_cond_wait(&wg->zero, &wg->lock);
    pthread_mutex_unlock(&wg->lock);
    return ST_OK;
}

void waitgroup_destroy(waitgroup *wg)
{
    pthread_cond_destroy(&wg->zero);
    pthread_mutex_destroy(&wg->lock);
}
