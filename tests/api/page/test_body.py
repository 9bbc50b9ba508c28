"""The body of an article: readable, and unable to run or reach anything."""

import pytest

from services.api.page.body import body


@pytest.mark.parametrize(
    ("article", "shown"),
    [
        ({"html": "<p>One <em>two</em></p>", "text": "One two"}, "<p>One <em>two</em></p>"),
        ({"html": None, "text": "One\nline\n\n\n\nTwo <b>"}, "<p>One line</p>\n<p>Two &lt;b&gt;</p>"),
        ({"html": None, "text": None, "summary": "Only & this"}, "<p>Only &amp; this</p>"),
        ({"html": None, "text": None, "summary": None}, ""),
    ],
)
def test_html_else_paragraphs_else_the_summary(article: dict[str, str | None], shown: str) -> None:
    assert str(body(article)) == shown


@pytest.mark.parametrize(
    ("hostile", "left"),
    [
        ("a<script>alert(1)</script>b", "ab"),
        ('<img src="x" onerror="alert(1)">', '<img loading="lazy">'),
        ('<a href="javascript:alert(1)">a</a>', '<a rel="noopener noreferrer external">a</a>'),
        ('<p style="position:fixed" id="main" class="skip">a</p>', "<p>a</p>"),
        ('<form action="https://evil.example"><input name="q"></form>a', "a"),
        ('<iframe src="https://evil.example"></iframe>a', "a"),
        ("<header><nav>a</nav></header>", "a"),
        ("<svg><animate onbegin=alert(1)></svg>a", "a"),
    ],
)
def test_what_could_run_or_pass_for_ours_is_taken_out(hostile: str, left: str) -> None:
    assert str(body({"html": hostile})) == left


def test_a_publisher_s_headings_stand_below_ours() -> None:
    html = "<h1>A</h1><p>&lt;h1&gt;</p><h4>B</h4><h2>C</h2>"
    assert str(body({"html": html})) == "<h2>A</h2><p>&lt;h1&gt;</p><h3>B</h3><h3>C</h3>"
    assert str(body({"html": "<h4>A</h4><h3>B</h3>"})) == "<h2>A</h2><h2>B</h2>"
