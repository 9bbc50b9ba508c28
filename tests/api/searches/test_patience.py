"""What follows from a try that failed."""

from datetime import timedelta

import pytest

from services.api.searches.patience import Failed, Patience, is_dead, next_try
from services.api.searches.sending import failure, seconds_to_wait
from services.api.searches.signature import check_secret, new_secret, signed
from tests.api.events import at

NOW = at(0)
PATIENCE = Patience()


@pytest.mark.parametrize(
    ("streak", "asked", "chance", "seconds"),
    [
        (1, None, 0, 5),
        (1, None, 1, 6),
        (2, None, 0, 20),
        (6, None, 0, 5_120),
        (7, None, 0, 7_200),
        (1_000, None, 1, 8_640),
        (1, 60.0, 0, 60),
        (7, 60.0, 0, 7_200),
        (1, 1e9, 0, 86_400),
    ],
)
def test_waits_grow_to_an_end_and_what_the_receiver_asks_for_counts(
    streak: int, asked: float | None, chance: float, seconds: float
) -> None:
    assert next_try(Failed("", asked), streak, PATIENCE, NOW, chance) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(("tries", "days", "dead"), [(11, 0, False), (12, 0, True), (1, 2.9, False), (1, 3, True)])
def test_an_event_dies_after_tries_or_days(tries: int, days: float, dead: bool) -> None:
    assert is_dead(tries, NOW - timedelta(days=days), PATIENCE, NOW) == dead


@pytest.mark.parametrize(
    ("status", "retry_after", "expected"),
    [
        (200, None, None),
        (204, None, None),
        (301, None, Failed("answered 301; redirects are not followed, give the address that it leads to")),
        (404, None, Failed("answered 404")),
        (410, None, Failed("answered 410", gone=True)),
        (429, "30", Failed("answered 429", 30.0)),
        (503, "Sun, 01 Mar 2026 12:01:00 GMT", Failed("answered 503", 60.0)),
        (503, "Sun, 01 Mar 2020 12:01:00 GMT", Failed("answered 503", 0.0)),
        (503, "soon", Failed("answered 503")),
    ],
)
def test_an_answer_means(status: int, retry_after: str | None, expected: Failed | None) -> None:
    assert failure(status, retry_after, NOW) == expected


def test_a_wait_is_never_endless() -> None:
    assert seconds_to_wait("9" * 400, NOW) == 999_999_999


def test_secrets_are_of_the_form_that_the_standard_names() -> None:
    assert check_secret(new_secret()).startswith("whsec_")
    assert check_secret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    for wrong in ("whsec_", "whsec_%%%", "whsec_c2hvcnQ=", "c2hvcnQ="):
        with pytest.raises(ValueError, match="24 to 64 bytes"):
            check_secret(wrong)


def test_a_signature_is_that_of_the_standards_own_example() -> None:
    """https://github.com/standard-webhooks/standard-webhooks, the example that its libraries test with."""
    headers = signed(
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
