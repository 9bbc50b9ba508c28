"""Atom 1.0 (RFC 4287)."""

from services.cli.sample.addresses import Addresses
from services.cli.sample.editions import Edition, Printed
from services.cli.sample.formats.markup import body_html, text


def atom(edition: Edition, at: Addresses) -> str:
    publisher = edition.publisher
    here = text(at.feed(publisher.slug, edition.feed.path))
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{publisher.language}">
<id>{here}</id>
<title>{text(edition.feed.title)}</title>
<subtitle>{text(publisher.about)}</subtitle>
<link rel="self" type="application/atom+xml" href="{here}"/>
<link rel="alternate" type="text/html" href="{text(at.site(publisher.slug))}"/>
<updated>{edition.changed.isoformat()}</updated>
{"".join(_entry(article, at) for article in edition.articles)}</feed>
"""


def _entry(article: Printed, at: Addresses) -> str:
    link = text(at.article(article.publisher, article.slug))
    categories = "".join(f'<category term="{text(category)}"/>\n' for category in article.categories)
    return f"""<entry xml:lang="{article.language}">
<id>{link}</id>
<title>{text(article.title)}</title>
<link rel="alternate" type="text/html" href="{link}"/>
<published>{article.published.isoformat()}</published>
<updated>{(article.updated or article.published).isoformat()}</updated>
<author><name>{text(article.author)}</name></author>
{categories}<summary>{text(article.summary)}</summary>
<content type="html">{text(body_html(article))}</content>
</entry>
"""
