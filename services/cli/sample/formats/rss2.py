"""RSS 2.0 (https://www.rssboard.org/rss-specification) with the content and Dublin Core modules."""

from email.utils import format_datetime

from services.cli.sample.addresses import Addresses
from services.cli.sample.editions import Edition, Printed
from services.cli.sample.formats.markup import body_html, text


def rss2(edition: Edition, at: Addresses) -> str:
    publisher = edition.publisher
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>{text(edition.feed.title)}</title>
<link>{text(at.site(publisher.slug))}</link>
<atom:link rel="self" type="application/rss+xml" href="{text(at.feed(publisher.slug, edition.feed.path))}"/>
<description>{text(publisher.about)}</description>
<language>{publisher.language}</language>
<lastBuildDate>{format_datetime(edition.changed)}</lastBuildDate>
<ttl>1</ttl>
{"".join(_item(article, at) for article in edition.articles)}</channel>
</rss>
"""


def _item(article: Printed, at: Addresses) -> str:
    link = text(at.article(article.publisher, article.slug))
    categories = "".join(f"<category>{text(category)}</category>\n" for category in article.categories)
    return f"""<item>
<title>{text(article.title)}</title>
<link>{link}</link>
<guid isPermaLink="true">{link}</guid>
<pubDate>{format_datetime(article.published)}</pubDate>
<dc:creator>{text(article.author)}</dc:creator>
{categories}<description>{text(article.summary)}</description>
<content:encoded><![CDATA[{body_html(article)}]]></content:encoded>
</item>
"""
