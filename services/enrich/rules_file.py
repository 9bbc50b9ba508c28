"""Reading tags.toml, with errors that name the file, the tag and what to do.

[[tag]]
slug = "climate"
label = "Climate"
words = ["climate", "emissions"]
phrases = ["global warming"]
sources = ["example.org"]
categories = ["Environment"]
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from services.enrich.rules import Rule, TagRules, tokens_of
from services.enrich.slugs import slug_of

DEFAULT_TAGS = Path(__file__).with_name("tags.toml")

_CONDITIONS = ("words", "phrases", "sources", "categories")
_KEYS = ("slug", "label", *_CONDITIONS)


class BrokenRules(ValueError):
    """A rules file that cannot be used. Tell its author; the message says where and what to do."""


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
        if key != "tag":
            raise BrokenRules(f"{name}: unknown key {key!r}: the file holds [[tag]] tables and nothing else")
    tables = document.get("tag", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise BrokenRules(f"{name}: write [[tag]] with two brackets, once for each tag")
    rules: dict[str, Rule] = {}
    for number, table in enumerate(tables, start=1):
        rule = _rule(table, name, number)
        if rule.slug in rules:
            raise BrokenRules(f"{name}: tag {rule.slug!r} stands twice: join the two tables or rename one")
        rules[rule.slug] = rule
    return TagRules.compiled(rules.values())


def _rule(table: Mapping[str, object], name: str, number: int) -> Rule:
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
    for key in table:
        if key not in _KEYS:
            raise BrokenRules(f"{where}: unknown key {key!r}: a tag has {', '.join(_KEYS)}")
    label = table.get("label", slug.replace("-", " ").capitalize())
    if not isinstance(label, str) or not label.strip():
        raise BrokenRules(f"{where}: label must be text that people can read")
    conditions = {key: _texts(table.get(key, []), key, where) for key in _CONDITIONS}
    if not any(conditions.values()):
        raise BrokenRules(f"{where} would never be given: add {', '.join(_CONDITIONS[:-1])} or {_CONDITIONS[-1]}")
    return Rule(slug, label.strip(), **conditions)


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
