#include "../../../../tests/pool_test.c" //! which belongs to the grading
