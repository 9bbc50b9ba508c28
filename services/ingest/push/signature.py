"""Whether a delivery comes from the hub that was given the secret (WebSub, section 7.1)."""

import hashlib
import hmac

_METHODS = frozenset(("sha1", "sha256", "sha384", "sha512"))
"""SHA-1 is still what the largest hubs sign with. Its collisions do not help to forge an HMAC, which needs the key."""


def is_signed(body: bytes, header: str | None, secret: str) -> bool:
    """Whether `header`, the value of `X-Hub-Signature`, is `body`'s signature. A near miss takes as long as any."""
    method, _, given = (header or "").strip().partition("=")
    if method.lower() not in _METHODS or not given.isascii():
        return False
    expected = hmac.new(secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    return hmac.compare_digest(expected, given.strip().lower())
