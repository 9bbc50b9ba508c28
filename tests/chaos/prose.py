"""What a publisher writes: of events that several tell, in three languages, each event in words of its own."""

import random
from dataclasses import dataclass

_SYLLABLES = (
    "bal cor dun fel gra hos jur kel lum mar nor pel qui ras sol tam ulf ver wik zan bre cha dro fin gol hel ist"
).split()
_LANGUAGES = {
    "en": (
        "The {0} of {1} was told on {2} that {3} and {4} had been seen near the {5}, as {6} said after the {7}.",
        "Nobody knows why {0} left the {1}, but {2} and {3} were there with the {4} when {5} came to {6} and {7}.",
        "It is not yet clear whether the {0} will be paid by {1} or by {2}, as the {3} of {4} has asked {5} and {6}.",
    ),
    "de": (
        "Der {0} von {1} hat am {2} gesagt, dass {3} und {4} nicht bei der {5} gewesen sind, wie {6} nach dem {7}.",
        "Niemand weiß, warum {0} die {1} verlassen hat, aber {2} und {3} waren mit der {4} dort, als {5} zu {6} kam.",
        "Noch ist nicht klar, ob die {0} von {1} oder von {2} bezahlt wird, was der {3} von {4} auch {5} gefragt hat.",
    ),
    "fr": (
        "Le {0} de {1} a appris le {2} que {3} et {4} avaient été vus près de la {5}, comme {6} l’a dit après le {7}.",
        "Personne ne sait pourquoi {0} a quitté la {1}, mais {2} et {3} étaient là avec le {4} quand {5} est venu.",
        "On ne sait pas encore si la {0} sera payée par {1} ou par {2}, ce que le {3} de {4} a aussi demandé à {5}.",
    ),
}
_WORDS = 10
_LIVES = 12
"""Of so many events of each language the next article tells, unless it tells of a new one."""
_NEW = 0.25


@dataclass(frozen=True, slots=True)
class Occasion:
    """An event in the world; only what is told of it has its words."""

    words: tuple[str, ...]


class Prose:
    """`write` tells of one of the latest occasions, or of a new one."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._occasions: dict[str, list[Occasion]] = {language: [] for language in _LANGUAGES}

    def language(self, number: int) -> str:
        """That of a bureau; half of them write English."""
        return ("en", "de", "en", "fr")[number % 4]

    def choose(self, language: str) -> Occasion:
        latest = self._occasions[language]
        if not latest or self._chance.random() < _NEW:
            latest.append(Occasion(tuple(self._word() for _ in range(_WORDS))))
            del latest[:-_LIVES]
        return self._chance.choice(latest)

    def write(self, language: str, occasion: Occasion) -> str:
        """Three sentences, the first of which is fit for a title. Never the same twice."""
        lines = [line.format(*self._chance.sample(occasion.words, 8)) for line in _LANGUAGES[language]]
        return " ".join(self._chance.sample(lines, len(lines)))

    def _word(self) -> str:
        return "".join(self._chance.choices(_SYLLABLES, k=3)).capitalize()
