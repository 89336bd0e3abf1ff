#include <stdio.h>
#include <sanitizer/tsan_interface.h>
//! line 2: which belongs to the grading
