"""Serving the page's own files."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from services.api.page.assets import Asset

_FOR_EVER = "public, max-age=31536000, immutable"


def static_routes(assets: Mapping[str, Asset]) -> APIRouter:
    """`/static/…`, compressed for those who take it; the address of a file's older content is a 404."""
    by_path = {asset.path: asset for asset in assets.values()}
    router = APIRouter(include_in_schema=False)

    async def answer(request: Request) -> Response:
        asset = by_path.get(request.url.path)
        if asset is None:
            return PlainTextResponse("There is no such file; the page names those that there are.\n", 404)
        headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(asset.gzipped, headers=headers | {"Content-Encoding": "gzip"}, media_type=asset.media_type)
        return Response(asset.content, headers=headers, media_type=asset.media_type)

    router.add_api_route("/static/{name}", answer)
    return router
