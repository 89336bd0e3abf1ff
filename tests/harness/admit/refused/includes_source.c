#include "../../../../chapters/support/must.c" //! which is not a header
