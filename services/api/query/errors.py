"""What is wrong with a query, and where."""


class QueryError(ValueError):
    """A text that is no query. `at` is the place in it, in characters from 0. Tell who typed it."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message, self.at = message, at

    def shown(self, text: str) -> str:
        """The message, then the text with a caret below the place."""
        line = "".join(character if character.isprintable() else " " for character in text)
        return f"{self.message}\n{line}\n{' ' * self.at}^"
