"""What a user types to find articles, as the search engine wants it."""

import re

_PART = re.compile(r'"([^"]*)"?|(\S+)')


def match_expression(words: str) -> str | None:
    """An FTS5 expression in which every word, and every phrase in double quotes, must occur; None for no words.

    Everything is quoted, so nothing that a user types has a meaning to FTS5 (https://sqlite.org/fts5.html, section 3.1)
    or is a syntax error: what is no letter or digit only separates words.
    """
    parts = [phrase or word for phrase, word in _PART.findall(words.replace("\0", " "))]
    searched = [part for part in parts if any(character.isalnum() for character in part)]
    return " ".join('"' + part.replace('"', " ") + '"' for part in searched) or None
