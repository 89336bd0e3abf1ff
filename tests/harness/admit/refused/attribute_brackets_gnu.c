[[gnu::constructor]] void early(void) //! `constructor`, which runs code before
{
}
