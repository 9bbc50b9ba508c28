"""Saved searches of the sample wire, with ids that the examples know."""

from contextlib import closing
from pathlib import Path
from uuid import UUID

from services.api.searches.schema import open_searches
from services.api.searches.search import ARTICLE_TYPES, SavedSearch
from services.api.searches.store import Searches
from services.api.searches.webhook import DeadLetter, Progress, Webhook
from services.api.searches.webhook_store import Webhooks
from tests.api.events import article_id, at

SEARCH = UUID("7a1de2c4-93b6-4f0e-8d57-0c5b1e9a6f21")
WEBHOOK = UUID("c0ffee1d-52a8-4b7e-9f13-6d2e8a4b7c90")
LETTER = UUID("3d9a7b52-1c84-5e6f-a0b1-2c3d4e5f6a7b")
TO_GO = UUID("0badc0de-1111-4222-8333-444455556666")
"""A search, a webhook and a dead letter that an example removes."""
_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def prepare_searches(file: Path) -> None:
    with closing(open_searches(file)) as sql:
        searches, webhooks = Searches(sql), Webhooks(sql)
        for subject, name, q in ((SEARCH, "Ferries", "ferry OR tag:transport"), (TO_GO, "Snow", "snow")):
            searches.add(SavedSearch(subject, name, q, None, 50, at(0), at(0)), 10)
        for subject in (WEBHOOK, TO_GO):
            progress = Progress("1772366400000-0_0-0_0-0", 12, at(30))
            url = "https://hooks.example/dateline"
            webhooks.add(Webhook(subject, SEARCH, url, _SECRET, ARTICLE_TYPES, "paused", at(0), 1, progress), 10)
        for subject in (LETTER, TO_GO):
            [webhook] = [one for one in webhooks.every() if one.id == WEBHOOK]
            webhooks.note(webhook, webhook.progress, _letter(subject))


def _letter(subject: UUID) -> DeadLetter:
    kind, about, position = "dateline.search.article.v1", str(article_id(1)), "1772366400000-0_0-0_0-0"
    body = f'{{"specversion":"1.0","id":"{subject}","type":"{kind}","subject":"{about}","data":{{}}}}'
    return DeadLetter(subject, WEBHOOK, kind, about, position, body, at(20), 12, "answered 500")
