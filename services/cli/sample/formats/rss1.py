"""RSS 1.0 (https://web.resource.org/rss/1.0/spec), whose dates are Dublin Core's."""

from services.cli.sample.addresses import Addresses
from services.cli.sample.editions import Edition, Printed
from services.cli.sample.formats.markup import body_html, text


def rss1(edition: Edition, at: Addresses) -> str:
    publisher = edition.publisher
    sequence = "".join(
        f'<rdf:li rdf:resource="{text(at.article(article.publisher, article.slug))}"/>\n'
        for article in edition.articles
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
         xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel rdf:about="{text(at.feed(publisher.slug, edition.feed.path))}">
<title>{text(edition.feed.title)}</title>
<link>{text(at.site(publisher.slug))}</link>
<description>{text(publisher.about)}</description>
<dc:language>{publisher.language}</dc:language>
<dc:date>{edition.changed.isoformat()}</dc:date>
<items><rdf:Seq>
{sequence}</rdf:Seq></items>
</channel>
{"".join(_item(article, at) for article in edition.articles)}</rdf:RDF>
"""


def _item(article: Printed, at: Addresses) -> str:
    link = text(at.article(article.publisher, article.slug))
    subjects = "".join(f"<dc:subject>{text(category)}</dc:subject>\n" for category in article.categories)
    return f"""<item rdf:about="{link}">
<title>{text(article.title)}</title>
<link>{link}</link>
<description>{text(article.summary)}</description>
<content:encoded><![CDATA[{body_html(article)}]]></content:encoded>
<dc:creator>{text(article.author)}</dc:creator>
<dc:date>{article.published.isoformat()}</dc:date>
{subjects}</item>
"""
