"""WebSub hubs, summed up from the states of the feeds."""

import sqlite3

from pydantic import Field

from services.api.readmodel.documents import Document

_QUERY = """
SELECT state ->> '$.push.hub' AS hub, count(*), sum(state ->> '$.push.status' = 'active'),
       sum(state ->> '$.push.received'), sum(state ->> '$.push.refused'), sum(state ->> '$.push.missed')
FROM feeds WHERE status <> 'removed' AND hub IS NOT NULL GROUP BY hub ORDER BY 2 DESC, hub
"""


class HubState(Document):
    """One hub, over the feeds that name it and have not been removed."""

    hub: str
    feeds: int = Field(description="Feeds that are or were subscribed to at this hub.")
    active: int = Field(description="Feeds whose subscription the hub has confirmed and that has not ended.")
    received: int = Field(description="Deliveries that were believed.")
    refused: int = Field(description="Deliveries that were dropped, because their signature was missing or wrong.")
    missed: int = Field(description="Articles that a poll found although the hub should have delivered them.")


def hubs(sql: sqlite3.Connection) -> list[HubState]:
    """The hub with the most feeds first."""
    names = tuple(HubState.model_fields)
    return [HubState.model_validate(dict(zip(names, row, strict=True))) for row in sql.execute(_QUERY)]
