"""What each step saw of an article, what it added, and why: for people who ask how an enrichment came about."""

import time
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue, TypeAdapter

from services.contracts.articles import Article
from services.enrich.context import Context
from services.enrich.pipeline import Pipeline, begin
from services.enrich.step import Draft, Step

_SHOWN = 160
_ANYTHING: TypeAdapter[object] = TypeAdapter(Any)
_UNSET = Draft.__dataclass_fields__


@dataclass(frozen=True, slots=True)
class Account:
    """Of one step. `saw` and `added` hold JSON values; what it saw is cut after 160 characters."""

    step: str
    version: int
    milliseconds: float
    saw: dict[str, JsonValue]
    added: dict[str, JsonValue]
    why: str | None = None
    skipped: str | None = None


def explain(article: Article, context: Context, pipeline: Pipeline) -> list[Account]:
    """An account of each step, in order. The drafts are those of `Pipeline.enrich`."""
    draft, accounts = begin(article, context), []
    for step in pipeline.steps:
        began = time.perf_counter()
        [after] = pipeline.run(step, [draft])
        accounts.append(_account(step, draft, after, time.perf_counter() - began))
        draft = after
    return accounts


def _account(step: Step, before: Draft, after: Draft, seconds: float) -> Account:
    skipped = after.skipped.get(step.name)
    return Account(
        step=step.name,
        version=step.version,
        milliseconds=round(seconds * 1000, 2),
        saw={
            name: shown
            for name in step.reads
            if (shown := _short(_value(step, before, name))) not in (None, "", [], {})
        },
        added={name: new for name in step.adds if (new := _new(before, after, name)) is not None},
        why=step.explain(before) if step.explain and skipped is None else None,
        skipped=skipped,
    )


def _value(step: Step, draft: Draft, name: str) -> JsonValue:
    """A field that the article has as well (`language`) is the article's, as long as no step has set the draft's."""
    own = getattr(draft, name, None)
    set_before = name in _UNSET and name not in step.adds and own != _UNSET[name].default
    of_draft = set_before or not hasattr(draft.article, name)
    return _as_json(own if of_draft else getattr(draft.article, name))


def _new(before: Draft, after: Draft, name: str) -> JsonValue:
    """What the step set; of a list only what was not there."""
    old, new = getattr(before, name), getattr(after, name)
    if new == old:
        return None
    if isinstance(new, tuple):
        new = tuple(each for each in new if each not in old)
    return _as_json(new)


def _as_json(value: object) -> JsonValue:
    found: JsonValue = _ANYTHING.dump_python(value, mode="json", exclude_none=True)
    return found


def _short(value: JsonValue) -> JsonValue:
    if isinstance(value, str) and len(value) > _SHOWN:
        return f"{value[:_SHOWN]}… ({len(value)} characters)"
    return value


def in_words(title: str, accounts: list[Account]) -> str:
    """The accounts of one article for people."""
    lines = [title]
    for account in accounts:
        lines.append(f"  {account.step} (version {account.version}, {account.milliseconds:g} ms)")
        lines += [f"    saw {name}: {value}" for name, value in account.saw.items()]
        if account.skipped:
            lines.append(f"    skipped: {account.skipped}")
            continue
        if account.why:
            lines.append(f"    why: {account.why}")
        lines += [f"    added {name}: {each}" for name, value in account.added.items() for each in _each(value)]
        if not account.added:
            lines.append("    added nothing")
    return "\n".join(lines)


def _each(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]
