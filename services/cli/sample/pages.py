"""The papers' own web pages, so that the link to an article's source leads somewhere."""

from collections.abc import Sequence

from services.cli.sample.addresses import Addresses
from services.cli.sample.editions import Printed
from services.cli.sample.formats.markup import body_html, text
from services.cli.sample.script import Publisher

_STYLE = """body{max-width:38rem;margin:2rem auto;padding:0 1rem;font:1.1rem/1.6 Georgia,serif}
body{color:#222;background:#fff}h1{line-height:1.2}a{color:#14508c}.meta{color:#666;font-size:.9rem}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}a{color:#8ab8e8}.meta{color:#999}}"""


def street(script: Sequence[Publisher], at: Addresses) -> str:
    """The list of all papers with their feeds."""
    papers = "".join(
        f'<h2><a href="{at.root}/{paper.slug}/">{text(paper.name)}</a></h2><p>{text(paper.about)}</p><ul>'
        + "".join(
            f'<li><a href="{text(at.feed(paper.slug, feed.path))}">{text(feed.title)}</a> ({feed.format})</li>'
            for feed in paper.feeds
        )
        + "</ul>"
        for paper in script
    )
    note = "<p>Invented papers with invented news. They come with Dateline, to try it without a network.</p>"
    return _page("en", "Sample publishers", f"<h1>Sample publishers</h1>{note}{papers}")


def home(publisher: Publisher, articles: Sequence[Printed], at: Addresses) -> str:
    """A paper's front page: all its articles, newest first, and its feeds for those that discover them."""
    links = "".join(
        f'<li lang="{article.language}">'
        f'<a href="{at.article(article.publisher, article.slug)}">{text(article.title)}</a>'
        f' <span class="meta">{article.published:%d.%m. %H:%M}</span></li>'
        for article in articles
    )
    head = "".join(
        f'<link rel="alternate" type="{_TYPES[feed.format]}" title="{text(feed.title)}" '
        f'href="{text(at.feed(publisher.slug, feed.path))}">'
        for feed in publisher.feeds
    )
    body = f"<h1>{text(publisher.name)}</h1><p>{text(publisher.about)}</p><ul>{links}</ul>"
    return _page(publisher.language, publisher.name, body, head)


def article_page(publisher: Publisher, article: Printed, at: Addresses) -> str:
    """One article, whole."""
    updated = f", updated {article.updated:%H:%M}" if article.updated else ""
    body = (
        f'<p><a href="{at.root}/{publisher.slug}/">{text(publisher.name)}</a></p>'
        f"<article><h1>{text(article.title)}</h1>"
        f'<p class="meta">{text(article.author)}, {article.published:%d.%m.%Y %H:%M %z}{updated}</p>'
        f"{body_html(article)}</article>"
    )
    return _page(article.language, article.title, body)


_TYPES = {
    "rss2": "application/rss+xml",
    "rss1": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


def _page(language: str, title: str, body: str, head: str = "") -> str:
    direction = ' dir="rtl"' if language == "ar" else ""
    return (
        f'<!doctype html><html lang="{language}"{direction}><head><meta charset="utf-8"><title>{text(title)}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">{head}<style>{_STYLE}</style></head>'
        f"<body>{body}</body></html>\n"
    )
