"""W3C Trace Context (https://www.w3.org/TR/trace-context/), enough to follow one article."""

import secrets


def new_trace() -> str:
    """A `traceparent` that starts a trace, marked as sampled."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def next_span(traceparent: str | None) -> str:
    """The same trace with a new span; a new trace where there was none."""
    if traceparent is None:
        return new_trace()
    version, trace, _span, flags = traceparent.split("-")
    return f"{version}-{trace}-{secrets.token_hex(8)}-{flags}"
