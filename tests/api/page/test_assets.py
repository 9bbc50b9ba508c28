"""Style and script are written in parts and served whole."""

import re
from pathlib import Path

import pytest

from services.api.page import assets
from services.api.page.assets import SCRIPT, STYLE, load_assets

STATIC = Path(assets.__file__).parent / "static"
PARTS = {name: (STATIC / "script" / f"{name}.js").read_text() for name in SCRIPT}
IMPORTED = [
    (name, origin, imported)
    for name, text in PARTS.items()
    for names, origin in re.findall(r'^import \{ (.+) \} from "\./(\w+)\.js";$', text, re.MULTILINE)
    for imported in names.split(", ")
]


@pytest.mark.parametrize(("folder", "parts"), [("style", STYLE), ("script", SCRIPT)])
def test_every_part_is_served(folder: str, parts: list[str]) -> None:
    assert sorted(file.stem for file in (STATIC / folder).iterdir()) == sorted(parts)


@pytest.mark.parametrize(("name", "origin", "imported"), IMPORTED)
def test_a_part_imports_what_stands_before_it(name: str, origin: str, imported: str) -> None:
    assert SCRIPT.index(origin) < SCRIPT.index(name)
    exported = re.findall(r"^export (?:async )?(?:const|let|function) (.+)$", PARTS[origin], re.MULTILINE)
    assert any(re.search(rf"(?:^|, ){re.escape(imported)}(?:$|;| =|\()", names) for names in exported)


def test_a_part_imports_what_it_uses_of_others() -> None:
    imported = {(name, what) for name, _, what in IMPORTED}
    exported = {what for _, what in imported}
    used = {
        (name, what)
        for name, text in PARTS.items()
        for what in exported
        if re.search(rf"(?<![\w.$-]){re.escape(what)}(?=[(.?),;])", re.sub(r"//.*|/\*\*.*\*/|\"[^\"]*\"", "", text))
        and not re.search(rf"\b(?:const|let|function) (?:[^;\n]*, )?{re.escape(what)}(?=\W)", text)
    }
    assert used - imported == set()


def test_nothing_is_left_to_load() -> None:
    served = load_assets()
    assert not re.search(rb"^import |import\(", served["dateline.js"].content, re.MULTILINE)
    assert b"@import" not in served["dateline.css"].content
