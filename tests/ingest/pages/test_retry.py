"""What is done about pages that could not be read."""

import pytest

from services.ingest.outcomes import Failed, FailureKind
from services.ingest.pages.retry import Later, Never, after_failure
from services.ingest.pages.robots import RobotsRefuse


@pytest.mark.parametrize("kind", ["timeout", "connection", "dns", "server error", "busy"])
def test_trouble_that_passes_is_tried_again_four_times(kind: FailureKind) -> None:
    answers = [after_failure(Failed(kind, "why"), failures) for failures in range(5)]
    assert [answer.wait_s for answer in answers if isinstance(answer, Later)] == [60, 600, 3_600, 21_600]
    assert answers[4] == Never(kind.replace(" ", "-"), "why")


@pytest.mark.parametrize("kind", ["status", "gone", "address", "tls", "redirect", "too large", "protocol"])
def test_what_is_meant_is_not_tried_again(kind: FailureKind) -> None:
    assert isinstance(after_failure(Failed(kind, "why"), 0), Never)


@pytest.mark.parametrize(("asked_s", "wait_s"), [(5, 60), (500, 500), (86_400, 86_400)])
def test_a_server_may_ask_for_more_time(asked_s: float, wait_s: float) -> None:
    assert after_failure(Failed("busy", "why", asked_s), 0) == Later(wait_s, "why")


def test_a_server_that_asks_for_days_is_left_alone() -> None:
    assert isinstance(after_failure(Failed("busy", "why", 100_000), 0), Never)


def test_rules_for_robots_are_final_unless_they_could_not_be_read() -> None:
    assert after_failure(RobotsRefuse("no"), 0) == Never("robots", "no")
    assert after_failure(RobotsRefuse("no", for_now=True), 0) == Later(60, "no")
