"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from typing import Any

from services.cli.sample.addresses import Addresses
from services.cli.sample.editions import Edition, Printed
from services.cli.sample.formats.markup import body_html


def jsonfeed(edition: Edition, at: Addresses) -> str:
    publisher = edition.publisher
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": edition.feed.title,
        "description": publisher.about,
        "home_page_url": at.site(publisher.slug),
        "feed_url": at.feed(publisher.slug, edition.feed.path),
        "language": publisher.language,
        "items": [_item(article, at) for article in edition.articles],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


def _item(article: Printed, at: Addresses) -> dict[str, Any]:
    link = at.article(article.publisher, article.slug)
    item = {
        "id": link,
        "url": link,
        "title": article.title,
        "summary": article.summary,
        "content_html": body_html(article),
        "date_published": article.published.isoformat(),
        "authors": [{"name": article.author}],
        "tags": list(article.categories),
        "language": article.language,
    }
    if article.updated:
        item["date_modified"] = article.updated.isoformat()
    return item
