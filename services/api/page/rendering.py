"""Templates, and the headers that every page goes out with."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from services.api.page.assets import Asset
from services.api.page.times import day
from services.api.page.viewer import Viewer

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' http: https: data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Nothing runs but our one script, and nothing is loaded from elsewhere but publishers' images. Other sites are told no
referrer; with `no-referrer` a browser would not tell us either that a form was sent by a page of ours."""

_DEFAULTS: Mapping[str, Any] = {"query": "", "alternates": (), "here": ""}
_NOBODY = Viewer()


class Renderer:
    """Turns views into HTML answers. Everything is escaped unless it is `Markup`."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self._templates = Environment(
            loader=PackageLoader("services.api.page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals["assets"] = assets

    def page(
        self, name: str, now: datetime, view: Mapping[str, Any], *, status: int = 200, viewer: Viewer = _NOBODY
    ) -> HTMLResponse:
        """The template `name` with `view`, at `now`. What cannot be written as UTF-8 becomes a question mark."""
        given = {**_DEFAULTS, **view, "viewer": viewer, "status": status, "now": now, "today": day(now)}
        html = self._templates.get_template(name).render(given)
        caching = "private, no-cache" if viewer.signed_in else "no-cache"
        headers = {**SECURITY, "Cache-Control": caching, "Vary": "Cookie"}
        return HTMLResponse(html.encode("utf-8", "replace"), status_code=status, headers=headers)
