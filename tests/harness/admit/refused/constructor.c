__attribute__((constructor)) void early(void) //! `constructor`, which runs code before
{
}
