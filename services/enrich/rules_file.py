"""Reading tags.toml, with errors that name the file, the tag and what to do.

[[tag]]
slug = "climate"
label = "Climate"
words = ["climate", "emissions"]
phrases = ["global warming"]
sources = ["example.org"]
categories = ["Environment"]

[[tag]]
topic = "medtop:20000418"
phrases = ["climate change"]

What it says of tags that others give is read in `changes_file`.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from services.enrich.changes_file import FORBID, RENAME, read_changes
from services.enrich.rules import Rule, TagRules
from services.enrich.slugs import slug_of
from services.enrich.topics.media_topics import MEDIA_TOPICS
from services.enrich.words import tokens_of

DEFAULT_TAGS = Path(__file__).with_name("tags.toml")

_CONDITIONS = ("words", "phrases", "sources", "categories")
_KEYS = ("slug", "label", *_CONDITIONS, "topic")


class BrokenRules(ValueError):
    """A rules file that cannot be used. Tell its author: each of `faults` says where and what to do, the message the
    first of them."""

    def __init__(self, *faults: str) -> None:
        more = f" (and {len(faults) - 1} more: dateline tags check lists them)" if len(faults) > 1 else ""
        super().__init__(faults[0] + more)
        self.faults = faults


def load_rules(path: Path) -> TagRules:
    """The rules of the file at `path`. Raises `BrokenRules`, also where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenRules(f"{path}: cannot be read: {error}") from error
    return parse_rules(text, str(path))


def parse_rules(text: str, name: str) -> TagRules:
    """The rules in `text`; errors call it `name`. Raises `BrokenRules`."""
    try:
        document = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise BrokenRules(f"{name}: not valid TOML: {error}") from error
    for key in document:
        if key not in ("tag", FORBID, RENAME):
            raise BrokenRules(f"{name}: unknown key {key!r}: the file holds [[tag]], [[{RENAME}]] and {FORBID}")
    tables = document.get("tag", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise BrokenRules(f"{name}: write [[tag]] with two brackets, once for each tag")
    rules: dict[str, Rule] = {}
    faults: list[str] = []
    for number, table in enumerate(tables, start=1):
        try:
            rule = _rule(table, name, number)
        except BrokenRules as error:
            faults.append(f"{error} (the [[tag]] of line {_line(text, 'tag', number)})")
            continue
        if rule.slug in rules:
            where = f"{name}: tag {rule.slug!r} stands twice, again in line {_line(text, 'tag', number)}"
            faults.append(f"{where}: join the two tables or rename one")
        rules[rule.slug] = rule
    try:
        changes = read_changes(document, lambda number: _line(text, RENAME, number))
    except ValueError as error:
        faults.append(f"{name}: {error}")
    if faults:
        raise BrokenRules(*faults)
    return TagRules.compiled(rules.values(), changes)


def _line(text: str, key: str, number: int) -> int:
    """Where the table of this key and number begins; the first line where it was written in another way."""
    lines = enumerate(text.splitlines(), start=1)
    headers = [at for at, line in lines if line.replace(" ", "").startswith(f"[[{key}]]")]
    return headers[number - 1] if number <= len(headers) else 1


def _rule(table: Mapping[str, object], name: str, number: int) -> Rule:
    for key in table:
        if key not in _KEYS:
            slug = table.get("slug") or table.get("topic")
            shown = repr(slug) if slug else f"number {number}"
            raise BrokenRules(f"{name}: tag {shown}: unknown key {key!r}: a tag has {', '.join(_KEYS)}")
    slug, label, topic = _topic(table, name) if "topic" in table else _own(table, name, number)
    where = f"{name}: tag {slug!r}"
    conditions = {key: _texts(table.get(key, []), key, where) for key in _CONDITIONS}
    if not any(conditions.values()):
        raise BrokenRules(f"{where} would never be given: add {', '.join(_CONDITIONS[:-1])} or {_CONDITIONS[-1]}")
    return Rule(slug, label, **conditions, topic=topic)


def _topic(table: Mapping[str, object], name: str) -> tuple[str, str, str]:
    """A Media Topic, which has its own slug and label."""
    code = table["topic"]
    topic = MEDIA_TOPICS.get(code) if isinstance(code, str) else None
    if topic is None:
        raise BrokenRules(f"{name}: {code!r} is no topic that Dateline gives: write a code such as medtop:20000418")
    if "slug" in table or "label" in table:
        raise BrokenRules(f"{name}: tag {code!r}: a topic has its own slug and label: remove yours, or remove topic")
    return topic.slug, topic.label, topic.code


def _own(table: Mapping[str, object], name: str, number: int) -> tuple[str, str, None]:
    slug = table.get("slug")
    if not isinstance(slug, str) or not slug:
        raise BrokenRules(f'{name}: tag number {number} has no slug: give it one, such as slug = "climate"')
    where = f"{name}: tag {slug!r}"
    if slug != slug_of(slug):
        better = slug_of(slug)
        raise BrokenRules(
            f"{where}: a slug is made of lower-case letters and digits joined by hyphens"
            + (f": write {better!r}" if better else "")
        )
    label = table.get("label", slug.replace("-", " ").capitalize())
    if not isinstance(label, str) or not label.strip():
        raise BrokenRules(f"{where}: label must be text that people can read")
    return slug, label.strip(), None


def _texts(value: object, key: str, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise BrokenRules(f'{where}: {key} must be a list of texts, such as {key} = ["example"]')
    texts = cast(list[str], value)
    for text in texts:
        if key in ("words", "phrases") and not tokens_of(text):
            raise BrokenRules(f"{where}: {text!r} in {key} holds no letter or digit: remove it")
        if key == "words" and len(text.split()) > 1:
            raise BrokenRules(f"{where}: {text!r} in words is more than one word: move it to phrases")
        if key == "sources" and ("/" in text or not text.strip() or " " in text):
            raise BrokenRules(f"{where}: {text!r} in sources must be a host name alone, such as 'example.org'")
        if key == "categories" and not slug_of(text):
            raise BrokenRules(f"{where}: {text!r} in categories holds no letter or digit: remove it")
    return tuple(texts)
