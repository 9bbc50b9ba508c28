"""Loaded by Schemathesis: what it has to know of this API beyond the OpenAPI document."""

from typing import Any

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

REASONS = {
    "q": "searches have a grammar",
    "cursor": "it is of a listing in another order",
    "sort": "`relevance` needs words, and changes have an order of their own",
    "fold": "changes are of single articles",
    "fields": "each listing has members of its own",
    "by": "the names are joined by commas",
    "types": "the names are joined by commas",
    "since": "nothing is told from the future on",
    "changed_since": "years end with 9999, also in UTC",
    "until": "years end with 9999, also in UTC",
    "feed": "no feed has such a URL",
    "all": "all events are not meant by accident",
    "url": "a pattern does not tell a URL, nor an address that is not of the internet",
    "image": "a pattern does not tell a URL",
    "enclosures": "a pattern does not tell a URL",
    "secret": "a pattern does not count bytes in base64",
    "title": "there must be something to see",
    "source": "there must be something to see",
    "key": "there must be something to see",
    "Idempotency-Key": "is another than the key of the body, or has nothing to see",
    "poll_min_s": "is longer than the longest wait",
    "poll_max_s": "is shorter than the shortest wait",
    "into": "is the same story, or none",
    "article": "there is none of this id",
    "articles": "are not of this story, or are all of it",
}
"""By the parameter or the first member of the body that a problem document names."""
UNNAMED = {"import_feeds": "the list is XML", "deliver": "no hub was asked to deliver there"}
"""By operation, where a problem is with the whole body or with the address."""
_REFUSED = (400, 410, 422)


@schemathesis.check
def refused_for_a_reason(
    context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """A request that agrees with its schema is taken, or refused for a reason that no schema says.

    This stands for Schemathesis' own `positive_data_acceptance`, to which each 400 and 422 would be wrong.
    """
    if response.status_code in _REFUSED and (not response.content or _is_known(response.json(), case)):
        return  # what HEAD was answered has no reason to look at
    positive_data_acceptance(context, response, case)


def _is_known(problem: dict[str, str], case: schemathesis.Case[Any]) -> bool:
    named = problem.get("parameter", "").partition(".")[0]
    return named in REASONS or case.operation.definition.raw["operationId"] in UNNAMED
