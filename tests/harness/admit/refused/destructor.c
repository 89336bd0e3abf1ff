__attribute__((destructor)) void late(void) //! `destructor`, which runs code after
{
}
