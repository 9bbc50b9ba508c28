"""Dates with the signs for year, month and day in Chinese, Japanese and Korean, written anew in ISO order."""

import re

_DATE = re.compile(
    r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号號]?\s*(?:[(（]?.?[曜요]?[日일]?[)）])?\s*"
    r"(오전|오후|上午|下午|午前|午後)?\s*(?:(\d{1,2})\s*[:時时點点시]\s*(?:(\d{1,2})\s*[:分분]?)?\s*(?:(\d{1,2})\s*[秒초]?)?)?(.*)",
    re.S,
)
_HALF = re.compile(r"(.*\d)\s+(오전|오후|上午|下午|午前|午後)\s*(\d{1,2}:\d{1,2}(?::\d{1,2})?)(.*)", re.S)
_AFTERNOON = {"오후", "下午", "午後"}


def in_iso_order(text: str) -> str | None:
    """`2004년 5월 28일 오후 1:31` as `2004-05-28 1:31 PM`; None where the text is written otherwise."""
    if found := _DATE.fullmatch(text):
        year, month, day, half, hour, minute, second, behind = found.groups()
        clock = f" {hour}:{minute or '00'}" + (f":{second}" if second else "") if hour else ""
        return f"{year}-{month}-{day}{clock}{_letters(half)} {behind}"
    if found := _HALF.fullmatch(text):
        return f"{found[1]} {found[3]}{_letters(found[2])} {found[4]}"
    return None


def _letters(half: str | None) -> str:
    if half is None:
        return ""
    return " PM" if half in _AFTERNOON else " AM"
