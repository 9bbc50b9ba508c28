"""First names and surnames: the United States' census of 1990, and the name lists of the `faker` package (MIT)."""

import pkgutil
from collections import Counter
from importlib import import_module
from pathlib import Path

import faker.providers.person as locales
import names

_COMMON = 1200
"""So many first names of each sex from the census count as common."""

_SURNAMES = 15_000


def _census(file: str) -> list[str]:
    path = Path(names.__file__).with_name(file)
    return [line.split()[0].lower() for line in path.read_text().splitlines() if line.strip()]


def first_names() -> set[str]:
    return {
        *_census("dist.male.first")[:_COMMON],
        *_census("dist.female.first")[:_COMMON],
        *_of_faker("first_names"),
    }


def surnames() -> set[str]:
    return {*_census("dist.all.last")[:_SURNAMES], *_of_faker("last_names")}


def _of_faker(attribute: str) -> set[str]:
    """Names in Latin letters of all its locales; those of several words give their words."""
    found: Counter[str] = Counter()
    for module in pkgutil.iter_modules(locales.__path__):
        provider = import_module(f"{locales.__name__}.{module.name}").Provider
        for name in dir(provider):
            values = getattr(provider, name)
            if name.startswith((attribute, attribute.removesuffix("s") + "_")) and isinstance(
                values, (tuple, list, dict)
            ):
                found.update(word.lower() for value in values if isinstance(value, str) for word in value.split())
    return {name for name in found if name[0] < "\u0250" and len(name) > 1 and name.replace("'", "").isalpha()}
