"""Who looks at the page, as far as their key says."""

from dataclasses import dataclass

from fastapi import Request

from services.api.access.keys import Key
from services.api.access.scopes import Scope


@dataclass(frozen=True, slots=True)
class Viewer:
    """`signed_in` by any key, `admin` by one that may change feeds. The guard decides, this shows what it allows."""

    signed_in: bool = False
    admin: bool = False
    name: str = ""


def viewer_of(request: Request) -> Viewer:
    key: Key | None = getattr(request.state, "key", None)
    return Viewer() if key is None else Viewer(True, key.allows(Scope.ADMIN), key.name or key.shown)
