/* What is measured: both explorers run the same scenarios. */
#ifndef BENCH_H
#define BENCH_H

enum { BENCH_YIELDS = 4000 }; /* of each of the two threads */

/* One producer of two items and two consumers at a buffer with one place. */
void bench_buffer(void *arg);

/* Two threads that do nothing but give up their turn. */
void bench_yields(void *arg);

#endif
