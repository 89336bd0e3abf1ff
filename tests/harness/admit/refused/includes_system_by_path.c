int before;
#include "/usr/include/stdlib.h"
//! line 2: outside chapters/
