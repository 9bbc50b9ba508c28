"""Signatures as https://www.standardwebhooks.com has them, so that its libraries verify ours."""

import base64
import binascii
import hashlib
import hmac
import secrets as chance

PREFIX = "whsec_"
_SHORTEST, _LONGEST, _OURS = 24, 64, 32
"""Bytes that a secret may and ours does have."""


def new_secret() -> str:
    return PREFIX + base64.b64encode(chance.token_bytes(_OURS)).decode()


def check_secret(text: str) -> str:
    """The secret as it is kept. Raises `ValueError` that says what one looks like."""
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise ValueError(f"must be {PREFIX} and {_SHORTEST} to {_LONGEST} bytes in base64; left out, one is made")
    return text if text.startswith(PREFIX) else PREFIX + text


def signed(secrets: tuple[str, ...], message: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a request that carries the message, signed with each of the secrets; `timestamp` is in Unix
    seconds."""
    content = f"{message}.{timestamp}.".encode() + body
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(secret, content) for secret in secrets),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return f"v1,{base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()}"
