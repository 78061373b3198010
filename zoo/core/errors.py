"""The one exception that stands for a user's mistake."""


class UserError(Exception):
    """A user's mistake, told in one line: what was wrong, with which value, and what to do.

    The command line prints the line to standard error and exits with code 2; no file has been written by then.
    """
