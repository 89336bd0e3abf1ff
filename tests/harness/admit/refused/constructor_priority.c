__attribute__((used, constructor(101))) static void early(void) //! `constructor`
{
}
