"""Which text is the body and which the summary, and what is left of a stranger's HTML."""

import pytest

from services.ingest.parse.body import Body, Markup, choose_body, shorten
from services.ingest.parse.markup import plain_text, sanitise, text_of
from tests.ingest.feeds import only_entry, rss

BASE = "https://e.example/a/"


def test_a_short_description_without_markup_is_only_a_summary() -> None:
    assert choose_body(Markup("A ferry &amp; a trial.", BASE), []) == Body(summary="A ferry & a trial.")


def test_a_description_with_markup_is_the_body_and_gives_the_summary() -> None:
    body = choose_body(Markup("<p>First.</p><p>Second.</p>", BASE), [])
    assert body == Body(summary="First. Second.", text="First.\n\nSecond.", html="<p>First.</p><p>Second.</p>")


def test_a_long_description_without_markup_is_the_body() -> None:
    long = "A sentence of some length that goes on. " * 30
    body = choose_body(Markup(long, BASE), [])
    assert body.text == long.strip()
    assert body.html == f"<p>{long.strip()}</p>"
    assert body.summary
    assert len(body.summary) <= 300
    assert body.summary.endswith(".")


def test_the_longest_content_is_the_body_and_the_description_the_summary() -> None:
    body = choose_body(Markup("Teaser.", BASE), [Markup("<p>Short</p>", BASE), Markup("<p>The longer one</p>", BASE)])
    assert (body.summary, body.text) == ("Teaser.", "The longer one")


def test_content_alone_gives_a_summary() -> None:
    assert choose_body(None, [Markup("<p>Only this.</p>", BASE)]).summary == "Only this."


def test_plain_content_is_escaped_in_html() -> None:
    body = choose_body(None, [Markup("a < b\n\n<script>", BASE, plain=True)])
    assert body == Body("a < b <script>", "a < b\n\n<script>", "<p>a &lt; b</p><p>&lt;script&gt;</p>")


def test_nothing_gives_nothing() -> None:
    assert choose_body(None, []) == Body()
    assert choose_body(Markup("   ", BASE), [Markup("", BASE)]) == Body()


def test_rss_with_both_has_both() -> None:
    entry = only_entry(
        rss("<description>Teaser</description><content:encoded><![CDATA[<p>Body</p>]]></content:encoded>")
    )
    assert (entry.summary, entry.text, entry.html) == ("Teaser", "Body", "<p>Body</p>")


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("short", "short"),
        ("One sentence here. Another one that is cut off somewhere", "One sentence here."),
        ("words and words and words without any end at all in it", "words and words and words without any…"),
        ("x" * 60, "x" * 40 + "…"),
    ],
)
def test_shortening_ends_after_a_sentence_else_after_a_word(text: str, short: str) -> None:
    assert shorten(text, 40) == short


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<p onclick='x()'>a</p>", "<p>a</p>"),
        ("<script>alert(1)</script>a", "a"),
        ("<style>p{}</style><p style='color:red' class='c'>a</p>", "<p>a</p>"),
        ("<a href='javascript:alert(1)'>a</a>", '<a rel="noopener noreferrer">a</a>'),
        ("<a href=' JAVA\tSCRIPT:alert(1)'>a</a>", '<a rel="noopener noreferrer">a</a>'),
        ("<a href='data:text/html,x'>a</a>", '<a rel="noopener noreferrer">a</a>'),
        ("<a href='mailto:a@e.example'>a</a>", '<a href="mailto:a@e.example" rel="noopener noreferrer">a</a>'),
        ("<img src='../b.png' alt='b' onerror='x()'>", '<img src="https://e.example/b.png" alt="b">'),
        ("<img src='//cdn.example/b.png'>", '<img src="https://cdn.example/b.png">'),
        ("<img src='data:image/png;base64,AA'>", "<img>"),
        ("<img src='mailto:a@e.example'>", "<img>"),
        ("<a href='http://[bad'>a</a>", '<a rel="noopener noreferrer">a</a>'),
        ("<iframe src='https://e.example'>x</iframe><svg onload='x()'></svg>b", "b"),
        ("<form action='/x'><input name='a'></form>c", "c"),
        ("<p>a<!-- comment --></p>", "<p>a</p>"),
        ("<p class='</p><script>x()</script>'>a</p>", "<p>a</p>"),
        (
            "<a href='/x' title='><img src=x onerror=y()>'>a</a>",
            '<a href="https://e.example/x" title="&gt;&lt;img src=x onerror=y()&gt;" rel="noopener noreferrer">a</a>',
        ),
    ],
)
def test_html_is_made_safe(dirty: str, clean: str) -> None:
    assert sanitise(dirty, BASE) == clean


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One\n two</p><p>Three</p>", "One two\n\nThree"),
        ("One<br>two<br><br>three", "One\ntwo\n\nthree"),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ("<pre>x = 1\ny = 2</pre>", "x = 1\ny = 2"),
        ("<h1>Head</h1>text<div>more</div>", "Head\n\ntext\n\nmore"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("a &lt; b &amp; c", "a < b & c"),
        ("<a title='x > y' href='/a>b'>a</a><td title='>'>b", "ab"),
        ("<pre>a\n<pre>b\n</pre>c\n</pre>\nd", "a\n\nb\n\nc\n\nd"),
    ],
)
def test_the_text_of_html_has_its_paragraphs(html: str, text: str) -> None:
    assert text_of(sanitise(html, BASE)) == text


def test_plain_text_reads_both_kinds() -> None:
    assert plain_text("a &amp; b") == "a & b"
    assert plain_text("<p>a</p><p>b</p>") == "a\n\nb"
    assert plain_text("if a < b then c") == "if a < b then c"
