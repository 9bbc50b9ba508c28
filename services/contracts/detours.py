"""Links that lead through a service which only passes on to another URL, written out in the link itself."""

import re
from urllib.parse import parse_qs

_GOOGLE = re.compile(r"(?:www\.)?google\.(?:[a-z]{2,3}|com?\.[a-z]{2})")
_AMP_VIEWER = re.compile(r"/amp/(s/)?([a-z0-9-]+(?:\.[a-z0-9-]+)+/.*)", re.IGNORECASE | re.DOTALL)
_AMP_CACHE = re.compile(r"/[cv]/(s/)?([a-z0-9-]+(?:\.[a-z0-9-]+)+/.*)", re.IGNORECASE | re.DOTALL)
_PARAMETERS = {
    ("www.bing.com", "/news/apiclick.aspx"): ("url",),  # feeds of Bing News
    ("l.facebook.com", "/l.php"): ("u",),
    ("lm.facebook.com", "/l.php"): ("u",),
}


def target_of(host: str, path: str, query: str) -> str | None:
    """Where the link leads, or None. Cache and viewer: https://developers.google.com/amp/cache/overview."""
    google = _GOOGLE.fullmatch(host)
    cache = _AMP_CACHE if host.endswith(".cdn.ampproject.org") else _AMP_VIEWER if google else None
    if cache and (cached := cache.fullmatch(path)):
        return f"{'https' if cached[1] else 'http'}://{cached[2]}{f'?{query}' if query else ''}"
    named = ("url", "q") if google and path == "/url" else _PARAMETERS.get((host, path.lower()), ())
    values = parse_qs(query) if named else {}
    targets = (values[name][0] for name in named if name in values)  # feeds of Google Alerts have `url`
    return next((target for target in targets if re.match(r"https?://", target, re.IGNORECASE)), None)
