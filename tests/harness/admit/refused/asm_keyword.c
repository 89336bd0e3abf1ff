#include <pthread.h>

void spin(void)
{
    __asm__ volatile("pause"); //! `__asm__`, inline assembly
}
