int answer(void)
{
<<<<<<< HEAD
    return 1;
=======
    return 2;
>>>>>>> upstream
}
//! line 3: merge-conflict marker
