int before;
#include "/etc/hostname"
//! line 2: which is not a header
