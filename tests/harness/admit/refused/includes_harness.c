#include "../../../../tools/harness/harness.h"
//! line 1: which belongs to the grading
