"""Signatures as https://www.standardwebhooks.com has them, so that its libraries verify ours."""

import base64
import binascii
import hashlib
import hmac
import secrets

PREFIX = "whsec_"
_SHORTEST, _LONGEST, _OURS = 24, 64, 32
"""Bytes that a secret may and ours does have."""


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(_OURS)).decode()


def check_secret(text: str) -> str:
    """The secret as it is kept. Raises `ValueError` that says what one looks like."""
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise ValueError(f"must be {PREFIX} and {_SHORTEST} to {_LONGEST} bytes in base64; left out, one is made")
    return text if text.startswith(PREFIX) else PREFIX + text


def signed(secret: str, message: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a request that carries the message; `timestamp` is in Unix seconds."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.digest(key, f"{message}.{timestamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
