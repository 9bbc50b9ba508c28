"""Only what was signed with the secret is believed. The first cases are those of RFC 2202 and RFC 4231."""

import hashlib
import hmac

import pytest

from services.ingest.push.signature import is_signed

QUESTION = b"what do ya want for nothing?"
RIGHT = {
    "sha1": "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    "sha256": "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    "sha384": "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
}


@pytest.mark.parametrize("method", RIGHT)
def test_a_right_signature_is_believed(method: str) -> None:
    assert is_signed(QUESTION, f"{method}={RIGHT[method]}", "Jefe")
    assert is_signed(QUESTION, f" {method.upper()}={RIGHT[method].upper()} ", "Jefe")


def test_the_longest_method_is_known_too() -> None:
    assert is_signed(QUESTION, "sha512=" + hmac.new(b"Jefe", QUESTION, hashlib.sha512).hexdigest(), "Jefe")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256",
        "sha256=",
        RIGHT["sha256"],
        f"sha256={RIGHT['sha256'][:-1]}4",
        f"sha256={RIGHT['sha1']}",
        f"sha1={RIGHT['sha256']}",
        "sha256=ü",
        "md5=750c783e6ab0b503eaa86e310a5db738",
        f"new={RIGHT['sha256']}",
        f"sha256={RIGHT['sha256']}, sha1={RIGHT['sha1']}",
    ],
)
def test_anything_else_is_not(header: str | None) -> None:
    assert not is_signed(QUESTION, header, "Jefe")


def test_another_secret_or_body_is_not() -> None:
    assert not is_signed(QUESTION, f"sha256={RIGHT['sha256']}", "Jeff")
    assert not is_signed(QUESTION + b"\n", f"sha256={RIGHT['sha256']}", "Jefe")
