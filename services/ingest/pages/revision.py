"""The revision that an article's page makes of it."""

from datetime import datetime

from services.contracts.articles import Article, ArticleRevised, PageMetadata
from services.contracts.tracing import new_trace
from services.ingest.pages.extract import PageText
from services.ingest.parse.body import shorten


def with_page(article: Article, page: PageMetadata, text: PageText | None, *, revision: int, seen: datetime) -> Article:
    """The article with its page's text, if that is wanted, and metadata. The feed's own words stay as they are: the
    page gives a summary, authors and a picture only where the feed has none."""
    changes: dict[str, object] = {
        "revision": revision,
        "seen": seen,
        "authors": article.authors or page.authors,
        "image": article.image or page.image,
        "page": page.model_copy(update={"gave_text": text is not None}),
    }
    if text:
        changes |= {"text": text.text, "html": text.html, "summary": article.summary or shorten(text.text)}
    return article.model_copy(update=changes)


def page_event(article: Article) -> bytes:
    return ArticleRevised(
        id=f"{article.id}/{article.revision}",
        source="/ingest",
        subject=str(article.id),
        time=article.seen,
        traceparent=new_trace(),
        data=article,
    ).to_wire()
