/* Fails from its second schedule on: the file mode mask is the kernel's, and is
 * not put back. */
#include <sys/stat.h>

#include "corpus.h"

void scenario(void *arg)
{
    const mode_t odd = S_IXUSR | S_IWOTH;

    (void)arg;
    explore_assert(umask(odd) != odd);
}
