#include "/dev/null"
//! line 1: which is not a header
