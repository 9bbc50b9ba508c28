"""Reading what a rules file says of tags that others give: `forbid` and `[[rename]]`.

forbid = ["category:sponsored", "person:*"]

[[rename]]
tags = ["category:uk-news", "category:uk"]
slug = "place:united-kingdom"
label = "United Kingdom"
"""

from collections.abc import Callable, Mapping

from services.enrich.slugs import slug_of
from services.enrich.tag_changes import EVERY, TagChanges

FORBID, RENAME = "forbid", "rename"
_KEYS = {"tags", "slug", "label"}


def read_changes(document: Mapping[str, object], line_of: Callable[[int], int]) -> TagChanges:
    """The changes in a rules file's document; `line_of` says where the `[[rename]]` of a number begins.

    Raises `ValueError`, which says what to do.
    """
    forbidden = _slugs(document.get(FORBID, []), f'{FORBID} = ["category:sponsored"]', patterns=True)
    tables = document.get(RENAME, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ValueError(f"write [[{RENAME}]] with two brackets, once for each tag that others become")
    renamed: dict[str, tuple[str, str]] = {}
    for number, table in enumerate(tables, start=1):
        try:
            _rename(table, renamed)
        except ValueError as error:
            where = f"the [[{RENAME}]] of line {line_of(number)}"
            raise ValueError(f"[[{RENAME}]] number {number}: {error} ({where})") from None
    chained = sorted(renamed.keys() & {slug for slug, _label in renamed.values()})
    if chained:
        raise ValueError(f"{chained[0]!r} is renamed and is what others become: name the last slug in both")
    return TagChanges(renamed, frozenset(forbidden))


def _rename(table: Mapping[str, object], renamed: dict[str, tuple[str, str]]) -> None:
    if unknown := sorted(table.keys() - _KEYS):
        raise ValueError(f"unknown key {unknown[0]!r}: it has tags, slug and label")
    old = _slugs(table.get("tags", []), 'tags = ["category:uk-news"]', patterns=False)
    slug, label = table.get("slug"), table.get("label")
    if not old:
        raise ValueError("it says of no tag what it becomes: add tags, a list of slugs")
    if not slug or not isinstance(slug, str):
        raise ValueError("it does not say what the tags become: add slug")
    _check(slug, patterns=False)
    if not isinstance(label, str) or not label.strip():
        raise ValueError("label must be text that people can read")
    for each in old:
        if each in renamed:
            raise ValueError(f"{each!r} is renamed twice: keep one of the two")
        renamed[each] = slug, label.strip()


def _slugs(value: object, example: str, *, patterns: bool) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(slug, str) for slug in value):
        raise ValueError(f"there must be a list of slugs, such as {example}")
    for slug in value:
        _check(slug, patterns=patterns)
    return value


def _check(slug: str, *, patterns: bool) -> None:
    bare = slug.removesuffix(EVERY) if patterns else slug
    if any(not part or part != slug_of(part) for part in bare.split(":")):
        raise ValueError(
            f"{slug!r} is no slug: it is lower-case letters and digits joined by hyphens, with a namespace and a colon "
            "before, such as 'category:uk-news'"
            + (f", or a whole namespace, such as 'category{EVERY}'" if patterns else "")
        )
