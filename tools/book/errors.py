"""Errors that a person reads: one line, `file:line: message`."""

import sys

EXIT_OK = 0
EXIT_WRONG = 1  # what was looked at is wrong
EXIT_CALL = 2  # the call itself cannot be answered


class BookError(Exception):
    """Something in the workbook's files is wrong, at a known place if any."""

    exit_status = EXIT_WRONG

    def __init__(self, message, path=None, line=None):
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line

    def __str__(self):
        place = "".join(
            f"{part}:" for part in (self.path, self.line) if part is not None
        )
        return f"{place} {self.message}" if place else self.message


class CallError(BookError):
    """The call names something that does not exist."""

    exit_status = EXIT_CALL


class BookErrors(BookError):
    """Several errors found in one go."""

    def __init__(self, errors):
        super().__init__("several errors")
        self.errors = list(errors)

    def __str__(self):
        return "\n".join(str(error) for error in self.errors)


def raise_all(errors):
    """Raise what was collected, if anything."""
    errors = list(errors)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise BookErrors(errors)


def unknown(kind, given, known):
    """The error for a name that does not exist: it lists those that do."""
    return CallError(f"no {kind} is called '{given}'; there are: {' '.join(known)}")


def run(main, argv=None):
    """Call main(argv), turn errors into one line each on stderr, and exit."""
    try:
        status = main(sys.argv[1:] if argv is None else argv)
    except BookError as error:
        print(error, file=sys.stderr)
        status = error.exit_status
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"{place}{error.strerror or error}", file=sys.stderr)
        status = EXIT_CALL
    except KeyboardInterrupt:
        status = 130
    sys.exit(status or EXIT_OK)
