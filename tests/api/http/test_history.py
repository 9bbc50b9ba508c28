"""`/v1/articles/{id}/revisions`: what an article said before, and what each revision changed."""

import httpx
import pytest

from services.api.readmodel.documents import RevisionListing
from tests.api.conftest import Wire
from tests.api.events import article_id, published, revised

pytestmark = pytest.mark.anyio


async def test_each_revision_has_what_it_changed(http: httpx.AsyncClient, wire: Wire) -> None:
    await wire.tell(
        published(1, title="Two hurt", summary=None, text="Long text.\n\nSecond part."),
        revised(1, 3, title="Three hurt", summary="New.", text="Long text.\n\nThird part."),
        revised(1, 2, title="Two hurt", summary="New.", text="Long text.\n\nSecond part."),
    )
    answer = await http.get(f"/v1/articles/{article_id(1)}/revisions")
    third, second, first = RevisionListing.model_validate_json(answer.content).revisions
    assert (third.revision, third.changed_from, third.title) == (3, 2, "Three hurt")
    assert third.changes is not None
    assert [tuple(piece.model_dump().values()) for piece in third.changes.title] == [
        ("removed", "Two"),
        ("added", "Three"),
        ("same", " hurt"),
    ]
    assert third.changes.summary == ()
    assert [piece.text for piece in third.changes.text] == ["Long text.\n\n", "Second", "Third", " part."]
    assert second.changes is not None
    assert [piece.kind for piece in second.changes.summary] == ["added"]
    assert (first.revision, first.changed_from, first.changes) == (1, None, None)


async def test_only_the_latest_revisions_are_kept_in_whatever_order_they_come(
    http: httpx.AsyncClient, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.api.readmodel.writing.REVISIONS", 3)
    await wire.tell(published(1), revised(1, 3), revised(1, 6), revised(1, 2), revised(1, 5), revised(1, 4))
    answer = await http.get(f"/v1/articles/{article_id(1)}/revisions")
    kept = RevisionListing.model_validate_json(answer.content).revisions
    assert [(one.revision, one.changed_from) for one in kept] == [(6, 5), (5, 4), (4, None)]


async def test_an_earlier_revision_outside_the_page_is_still_compared_with(http: httpx.AsyncClient, wire: Wire) -> None:
    await wire.tell(published(1, title="A"), revised(1, 2, title="B"))
    answer = await http.get(f"/v1/articles/{article_id(1)}/revisions?limit=1")
    (only,) = RevisionListing.model_validate_json(answer.content).revisions
    assert (only.revision, only.changed_from) == (2, 1)
