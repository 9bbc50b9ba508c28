"""Members of request bodies that several requests have."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field


def web_address(text: str) -> str:
    """A whole http or https URL, without the white space around it. Raises `ValueError` that says what is wrong."""
    url = text.strip()
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as error:
        raise ValueError(f"is no URL: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
        raise ValueError("must be a whole http or https URL, such as https://example.org/feed.xml")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise ValueError("must not contain spaces or control characters; write them as %20 and so on")
    return url


WebAddress = Annotated[str, Field(max_length=2_000), AfterValidator(web_address)]
Label = Annotated[str, Field(min_length=1, max_length=200)]
