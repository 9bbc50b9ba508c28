"""JSON Feed 1.1 as a JSON Schema, written from the text of https://www.jsonfeed.org/version/1.1/."""

from typing import Any

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_ADDRESS: dict[str, Any] = {"type": "string", "pattern": "^https?://"}
_DATE: dict[str, Any] = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}


def _closed(required: list[str], **members: Any) -> dict[str, Any]:
    """An object of these members and of extensions, whose names begin with an underscore."""
    return {
        "type": "object",
        "properties": members,
        "required": required,
        "patternProperties": {"^_[A-Za-z]": {"type": "object"}},
        "additionalProperties": False,
    }


_AUTHORS = {"type": "array", "minItems": 1, "items": _closed(["name"], name=_TEXT, url=_ADDRESS, avatar=_ADDRESS)}
_ATTACHMENT = _closed(
    ["url", "mime_type"],
    url=_ADDRESS,
    mime_type={"type": "string", "pattern": "^[^/]+/[^/]+$"},
    title=_TEXT,
    size_in_bytes={"type": "integer", "minimum": 0},
    duration_in_seconds={"type": "number"},
)
_ITEM = _closed(
    ["id"],
    id=_TEXT,
    url=_ADDRESS,
    external_url=_ADDRESS,
    title={"type": "string"},
    content_html=_TEXT,
    content_text=_TEXT,
    summary={"type": "string"},
    image=_ADDRESS,
    banner_image=_ADDRESS,
    date_published=_DATE,
    date_modified=_DATE,
    authors=_AUTHORS,
    tags={"type": "array", "items": _TEXT},
    language=_TEXT,
    attachments={"type": "array", "items": _ATTACHMENT},
) | {"anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}]}
JSON_FEED_1_1 = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | _closed(
    ["version", "title", "items"],
    version={"const": "https://jsonfeed.org/version/1.1"},
    title={"type": "string"},
    home_page_url=_ADDRESS,
    feed_url=_ADDRESS,
    description={"type": "string"},
    next_url=_ADDRESS,
    icon=_ADDRESS,
    favicon=_ADDRESS,
    authors=_AUTHORS,
    language=_TEXT,
    expired={"type": "boolean"},
    hubs={"type": "array", "items": _closed(["type", "url"], type=_TEXT, url=_ADDRESS)},
    items={"type": "array", "items": _ITEM},
)
