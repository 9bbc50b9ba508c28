"""Whatever a publisher writes as HTML, what is kept of it can run nothing; and no article has more than it may."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from services.contracts.bounds import DATE, GUID, LANGUAGE, LISTED, NAME, SUMMARY, TITLE
from services.contracts.strings import one_line
from services.ingest.parse.body import Markup, choose_body
from services.ingest.parse.bounds import bounded_entry
from services.ingest.parse.feed import Entry, EntrySource, FoundEnclosure
from services.ingest.parse.markup import plain_line, plain_text, sanitise, text_of
from tests.browser.hostile_markup import CASES
from tests.properties.amount import examples
from tests.properties.texts import anything

_PIECES = (
    "<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "&lt;", "&#60;", "&#x3c;", "'", '"', "`", "=", " ", "\n",
    "\0", "script", "style", "svg", "math", "mtext", "mglyph", "template", "noscript", "iframe", "a", "img", "p",
    "table", "td", "title", "textarea", "select", "option", "form", "base", "plaintext", "xmp", "foreignObject",
    "annotation-xml",
    "<script>", "</script>", "<img src=x onerror=ran()>", "<a href='javascript:ran()'>", "<svg onload=ran()>",
    "<p onclick=ran() style='x:y'>", "href", "src", "onerror", "javascript:", "data:text/html,", "java\tscript:ran()",
    "<math><mtext><table><mglyph><style>", "<p title=\"</p><script>ran()</script>\">",
)  # fmt: skip
markup = st.lists(st.sampled_from((*_PIECES, *CASES.values())) | anything, max_size=8).map("".join)
_addresses = st.sampled_from(("https://e.example/a/", "https://e.example/?x=javascript:", "", "no address"))
_RUN = frozenset(
    ("script", "style", "iframe", "object", "embed", "svg", "math", "base", "link", "meta", "form", "template")
)


@given(markup, _addresses)
def test_nothing_that_is_kept_can_run(value: str, base: str) -> None:
    kept = sanitise(value, base)
    for element in html.fragment_fromstring(f"<div>{kept}</div>", create_parent="main").iter():
        assert isinstance(element.tag, str)
        assert element.tag not in _RUN
        for name, said in element.attrib.items():
            assert not name.startswith("on")
            assert name != "style"
            if name in ("href", "src", "cite"):
                assert said.lower().startswith(("http://", "https://", "mailto:"))
    assert sanitise(kept, base) == kept
    assert "\v" not in text_of(kept)


@given(markup)
def test_a_line_and_a_text_are_clean_whatever_they_were(value: str) -> None:
    line = plain_line(value)
    assert line == one_line(line)
    paragraphs = plain_text(value).split("\n\n")
    assert all(paragraph.strip() for paragraph in paragraphs) or paragraphs == [""]


_long = st.integers(0, 12_000).flatmap(
    lambda size: (anything | st.just("word ")).map(lambda text: (text or "x") * (size // 40))
)
_entries = st.builds(
    Entry,
    guid=_long.filter(bool) | st.none(),
    title=_long.map(one_line),
    summary=_long.filter(bool) | st.none(),
    authors=st.lists(_long.filter(bool), max_size=3).map(lambda names: tuple(names) * 60),
    categories=st.integers(0, 300).map(lambda count: tuple(f"tag {number}" for number in range(count))),
    language=_long.filter(bool) | st.none(),
    enclosures=st.integers(0, 300).map(lambda count: (FoundEnclosure("https://e.example/", "a/b"),) * count),
    published=_long.filter(bool) | st.none(),
    source=_long.filter(bool).map(EntrySource) | st.none(),
)


@given(_entries)
@examples(60)
def test_an_entry_that_was_cut_is_within_its_bounds_and_stays(entry: Entry) -> None:
    cut = bounded_entry(entry)
    assert len(cut.title) <= TITLE
    assert len(cut.summary or "") <= SUMMARY
    assert len(cut.guid or "") <= GUID
    assert max(len(cut.authors), len(cut.categories), len(cut.enclosures)) <= LISTED
    assert all(len(name) <= NAME for name in (*cut.authors, *cut.categories))
    assert len(cut.language or "") <= LANGUAGE
    assert len(cut.published or "") <= DATE
    assert cut.source is None or len(cut.source.title) <= NAME
    assert bounded_entry(cut) == cut
    for name in ("guid", "title", "summary", "language", "published"):
        assert (
            bool(getattr(cut, name)) == bool(getattr(entry, name).strip() if getattr(entry, name) else None)
            or not (getattr(entry, name) or "").strip()
        )


@given(markup, markup, st.booleans(), st.booleans())
def test_text_and_html_of_a_body_say_the_same(first: str, second: str, plain: bool, other: bool) -> None:
    body = choose_body(Markup(first, "", plain=plain), [Markup(second, "", plain=other)])
    if body.html:
        assert text_of(body.html) == (body.text or "")
