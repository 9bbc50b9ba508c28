"""Whether a request is let in, and if not, what its sender is told. Pure."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from services.api.access.credentials import Credential, Way
from services.api.access.keys import PREFIX, Key
from services.api.access.scopes import Scope

REALM = 'realm="Dateline"'
_HOW = (
    "send a key as `Authorization: Bearer …`, to the `dateline` command as DATELINE_API_KEY; where the API runs, "
    "`dateline keys add --scope {scope}` makes one"
)


@dataclass(frozen=True, slots=True)
class Refused:
    """`kind`, `detail` and `scope` are the problem's; `challenges` go out as `WWW-Authenticate`."""

    status: HTTPStatus
    kind: str
    detail: str
    scope: Scope | None = None
    challenges: tuple[str, ...] = ()


def judge(
    scope: Scope | None, sent: Credential | None, key: Key | None, now: datetime, *, reading_open: bool, strange: bool
) -> Refused | None:
    """None lets the request in. `scope` is what it needs, `key` the one that was found for what was `sent`.
    `strange` says that a page of another site made a browser send it.

    A key that is sent must be good even where none is needed: silence would hide that it expired. Credentials that are
    none of ours may be for a proxy before us, so they count as none. So does a cookie without a good key: it is from an
    earlier day, or of another wire on this host, and nobody chose to send it now.
    """
    if sent is not None and sent.way is Way.COOKIE and (key is None or key.state(now) != "active"):
        sent = key = None
    is_open = scope is None or (scope is Scope.READ and reading_open)
    if sent is None or (key is None and is_open and _may_be_for_another(sent)):
        return None if is_open else _key_needed(scope)
    if key is None:
        return _bad_key("this key is not known here; it may have been mistyped", scope)
    refused = _unfit(sent, key, now, scope)
    return refused if refused or is_open or scope is None else _misused(sent, key, scope, strange=strange)


def _unfit(sent: Credential, key: Key, now: datetime, scope: Scope | None) -> Refused | None:
    """Why the key opens nothing as it was sent."""
    state = key.state(now)
    if state != "active":
        since = key.revoked if state == "revoked" else key.expires
        return _bad_key(f"the key {key.shown} {_END[state]} {since:%Y-%m-%d %H:%M} UTC", scope)
    if sent.way is Way.ADDRESS and key.scopes != {Scope.READ}:
        return _bad_key(f"a key in an address must be one that can only read; this one may {_list(key)}", scope)
    return None


def _misused(sent: Credential, key: Key, scope: Scope, *, strange: bool) -> Refused | None:
    """Why the key does not open this."""
    if not key.allows(scope):
        detail = f"the key {key.shown} may {_list(key)}; this needs one of scope {scope}: {_HOW.format(scope=scope)}"
        challenge = f'Bearer {REALM}, error="insufficient_scope", scope="{scope}"'
        return Refused(HTTPStatus.FORBIDDEN, "scope-needed", detail, scope, (challenge,))
    if strange and sent.way in (Way.BASIC, Way.COOKIE) and scope is not Scope.READ:
        detail = "a page of another site made your browser send this; nothing was changed"
        return Refused(HTTPStatus.FORBIDDEN, "other-site", detail)
    return None


_END = {"revoked": "was revoked on", "expired": "expired on"}


def _may_be_for_another(sent: Credential) -> bool:
    return sent.way is not Way.ADDRESS and not sent.text.startswith(PREFIX)


def _list(key: Key) -> str:
    return " and ".join(sorted(key.scopes))


def _key_needed(scope: Scope | None) -> Refused:
    detail = f"this needs a key of scope {scope}: {_HOW.format(scope=scope)}"
    return Refused(HTTPStatus.UNAUTHORIZED, "key-needed", detail, scope, _challenges(""))


def _bad_key(detail: str, scope: Scope | None) -> Refused:
    return Refused(HTTPStatus.UNAUTHORIZED, "bad-key", detail, scope, _challenges(', error="invalid_token"'))


def _challenges(error: str) -> tuple[str, ...]:
    """`Basic` makes a browser ask for the key, so that a closed page can be read with nothing but that."""
    return f"Bearer {REALM}{error}", f'Basic {REALM}, charset="UTF-8"'
