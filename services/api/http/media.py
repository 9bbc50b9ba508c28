"""Which of two forms of an answer the client would rather have."""


def prefers_text(accept: str) -> bool:
    """Whether an `Accept` header (RFC 9110, section 12.5.1) ranks plain text above JSON; JSON on a tie."""
    return _quality(accept, "text/plain") > _quality(accept, "application/json")


def prefers_page(accept: str) -> bool:
    """Whether it ranks HTML above JSON, as browsers do when somebody goes somewhere; not on a tie."""
    return _quality(accept, "text/html") > _quality(accept, "application/json")


def _quality(accept: str, wanted: str) -> tuple[float, int]:
    """The weight of the most specific range that covers `wanted`, and how specific it is."""
    ranges = {wanted: 2, wanted.split("/", maxsplit=1)[0] + "/*": 1, "*/*": 0}
    best = (-1, 0.0)
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        if name in ranges:
            best = max(best, (ranges[name], _weight(parameters)))
    specific, weight = best
    return weight, specific


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
