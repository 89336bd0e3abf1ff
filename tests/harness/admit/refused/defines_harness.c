int harness_suite = 1; //! defines `harness_suite`
