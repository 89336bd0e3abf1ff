#include <stdio.h>

#include "../../../../solutions/2-pool/pool.c" //! which is a solution
