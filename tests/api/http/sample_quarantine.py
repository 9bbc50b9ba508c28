"""Events in quarantine, under ids that the examples of the OpenAPI document name."""

from datetime import UTC, datetime

from redis.asyncio import Redis

from services.contracts.streams import PAYLOAD
from services.wire.failure import Failure
from services.wire.messages import Delivery
from services.wire.quarantine import quarantined

UNREADABLE, RAISING, DROPPED = "1772366400000-0", "1772366460000-0", "1772366520000-0"
_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
_RAISED = Failure(
    type="KeyError", message="'zone'", at=("services/api/reading.py:50", "services/api/readmodel/apply.py:31")
)


async def prepare_quarantine(redis: Redis) -> None:
    events = {
        UNREADABLE: quarantined(Delivery("dateline:articles", "1772366390000-0", b"{"), "api", "Invalid JSON", _AT),
        RAISING: quarantined(
            Delivery("dateline:feeds", "1772366391000-0", b'{"specversion":"1.0"}', 6), "api",
            "not settled after 5 deliveries: KeyError: 'zone'", _AT, _RAISED,
        ),
        DROPPED: quarantined(Delivery("dateline:articles", "1772366392000-0", b"\xff"), "enrich", "Invalid JSON", _AT),
    }  # fmt: skip
    for subject, record in events.items():
        await redis.xadd("dateline:quarantine", {PAYLOAD: record}, id=subject)
