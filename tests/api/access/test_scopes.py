"""What a request needs, by its method and address."""

import pytest
from fastapi import FastAPI

from services.api.access.scopes import Scope, needed


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/", Scope.READ),
        ("GET", "/v1/articles", Scope.READ),
        ("HEAD", "/v1/feeds.opml", Scope.READ),
        ("GET", "/v1/stream", Scope.READ),
        ("GET", "/v1/nothing/yet", Scope.READ),
        ("POST", "/v1/articles", Scope.WRITE),
        ("POST", "/v1/articles/", Scope.ADMIN),
        ("GET", "/v1/articles.rss", Scope.READ),
        ("GET", "/v1/searches", Scope.READ),
        ("GET", "/v1/searches.opml", Scope.READ),
        ("POST", "/v1/searches.opml", Scope.ADMIN),
        ("GET", "/v1/searches/x/feed.rss", Scope.READ),
        ("POST", "/v1/searches", Scope.WRITE),
        ("PATCH", "/v1/searches/x", Scope.WRITE),
        ("DELETE", "/v1/searches/x", Scope.WRITE),
        ("GET", "/v1/searches/x/webhooks", Scope.WRITE),
        ("GET", "/v1/searches/x/webhooks/y/dead-letters", Scope.WRITE),
        ("POST", "/v1/searches/x/webhooks/y/replay", Scope.WRITE),
        ("GET", "/v1/quarantine", Scope.ADMIN),
        ("GET", "/v1/quarantine/1767225600000-0", Scope.ADMIN),
        ("GET", "/v1/rebuild", Scope.ADMIN),
        ("DELETE", "/v1/articles", Scope.ADMIN),
        ("POST", "/v1/feeds", Scope.ADMIN),
        ("POST", "/v1/feeds.opml", Scope.ADMIN),
        ("PATCH", "/v1/feeds/x", Scope.ADMIN),
        ("POST", "/v1/nothing/yet", Scope.ADMIN),
        ("BREW", "/", Scope.ADMIN),
        ("GET", "/healthz", None),
        ("GET", "/readyz", None),
        ("POST", "/v1/push/feed/token", None),
        ("POST", "/v1/push", Scope.ADMIN),
        ("GET", "/static/dateline.js", None),
        ("GET", "/openapi.json", None),
        ("GET", "/schemas/dateline.article.published.v1.json", None),
        ("OPTIONS", "/v1/feeds", None),
    ],
)
def test_a_request_needs(method: str, path: str, scope: Scope | None) -> None:
    assert needed(method, path) == scope


@pytest.mark.anyio
async def test_no_operation_that_changes_anything_is_open_but_for_hubs(app: FastAPI) -> None:
    changing = {
        (method, path)
        for path, operations in app.openapi()["paths"].items()
        for method in operations
        if method not in ("get", "head")
    }
    free = {path for method, path in changing if needed(method.upper(), path) is None}
    assert len(changing) > 5
    assert free == {"/v1/push/{feed}/{token}"}


@pytest.mark.anyio
async def test_the_document_says_what_each_operation_needs(app: FastAPI) -> None:
    document = app.openapi()
    assert set(document["components"]["securitySchemes"]) == {"bearer", "basic", "address"}
    paths = document["paths"]
    assert paths["/v1/feeds"]["post"]["security"] == [{"bearer": ["admin"]}, {"basic": ["admin"]}]
    assert paths["/v1/articles"]["post"]["security"][0] == {"bearer": ["write"]}
    assert paths["/v1/articles"]["get"]["security"] == [
        {},
        *({way: ["read"]} for way in ("bearer", "basic", "address")),
    ]
    assert paths["/healthz"]["get"]["security"] == []
