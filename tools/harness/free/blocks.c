/* Called in each basic block of the code under test. The machine's own
 * scheduler needs no such points. */
void __sanitizer_cov_trace_pc(void);

void __sanitizer_cov_trace_pc(void)
{
}
