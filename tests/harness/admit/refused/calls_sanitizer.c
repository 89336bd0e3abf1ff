void AnnotateIgnoreWritesBegin(const char *file, int line);

void answer(void)
{
    AnnotateIgnoreWritesBegin("x", 1); //! `AnnotateIgnoreWritesBegin`, which is neither
}
