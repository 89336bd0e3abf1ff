#include <pthread.h>

#include <CUnit/CUnit.h> //! which belongs to the grading
