"""The one error of the command line."""


class Trouble(Exception):
    """What went wrong and what to do, in one line for the user. The command prints it and ends with status 1."""
