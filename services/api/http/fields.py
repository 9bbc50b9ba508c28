"""Members of request bodies that several requests have."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from services.contracts.strings import one_line


def _seen_line(text: str) -> str:
    if not (line := one_line(text)):
        raise ValueError("must have characters that can be seen")
    return line


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


def _number(given: object) -> object:
    """JSON has numbers of its own: what is written as text, or is true or false, is none."""
    if isinstance(given, str | bool):
        raise ValueError("must be a number, without quotes")  # noqa: TRY004 - pydantic tells of this one only
    return given


def cannot_be_null(schema: dict[str, Any]) -> None:
    """For the schema of a member that may be left out but is nothing that null could clear."""
    schema.pop("default", None)
    schema.update(schema.pop("anyOf")[0])


_BEGINS = {"pattern": r"^\s*[Hh][Tt][Tt][Pp][Ss]?://\S+\s*$"}

WebAddress = Annotated[str, Field(max_length=2_000, json_schema_extra=_BEGINS), AfterValidator(web_address)]
Label = Annotated[str, Field(min_length=1, max_length=200)]
_SEEN = {"pattern": r"[^\s\u0000-\u001F\u007F-\u009F]"}
Name = Annotated[str, Field(min_length=1, max_length=200, json_schema_extra=_SEEN), AfterValidator(_seen_line)]
"""What somebody calls something: one line, without control characters."""
Number = BeforeValidator(_number)
"""Of a member of a body that is one. Stands last, after the bounds."""
