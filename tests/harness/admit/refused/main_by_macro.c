#define START main

int START(void) //! line 3: defines `main`
{
    return 0;
}
