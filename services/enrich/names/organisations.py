"""Organisations that the news knows by their initials, and what initials stand for in an article."""

from functools import lru_cache

from services.enrich.names.places import folded

_REMEMBERED = 5_000

_KNOWN = {
    "nato": ("North Atlantic Treaty Organization", "North Atlantic Treaty Organisation", "OTAN", "НАТО"),
    "un": ("United Nations", "ONU", "ООН", "Vereinte Nationen", "Nations unies", "Naciones Unidas"),
    "eu": ("European Union", "Europäische Union", "Union européenne", "Unión Europea", "Unione europea", "ЕС"),
    "who": ("World Health Organization", "World Health Organisation", "WHO", "OMS", "ВОЗ"),
    "imf": ("International Monetary Fund", "FMI", "МВФ"),
    "iaea": ("International Atomic Energy Agency", "AIEA", "МАГАТЭ"),
    "unicef": ("United Nations Children's Fund",),
    "unesco": ("United Nations Educational, Scientific and Cultural Organization",),
    "unhcr": ("United Nations High Commissioner for Refugees", "UN Refugee Agency"),
    "wto": ("World Trade Organization", "World Trade Organisation"),
    "opec": ("Organization of the Petroleum Exporting Countries",),
    "asean": ("Association of Southeast Asian Nations",),
    "african-union": ("African Union", "AU"),
    "ecowas": ("Economic Community of West African States",),
    "icc": ("International Criminal Court",),
    "ioc": ("International Olympic Committee",),
    "fbi": ("Federal Bureau of Investigation",),
    "cia": ("Central Intelligence Agency",),
    "nasa": ("National Aeronautics and Space Administration",),
    "esa": ("European Space Agency",),
    "ecb": ("European Central Bank",),
    "federal-reserve": ("Federal Reserve", "US Federal Reserve"),
    "bbc": ("British Broadcasting Corporation",),
    "fifa": ("Fédération Internationale de Football Association",),
    "uefa": ("Union of European Football Associations",),
    "world-bank": ("World Bank", "Banque mondiale", "Banco Mundial", "Weltbank"),
    "red-cross": ("Red Cross", "International Committee of the Red Cross", "ICRC"),
}

SLUGS = {folded(form): slug for slug, forms in _KNOWN.items() for form in (slug, *forms)}
"""From a folded name to the slug under which its organisation is known."""

INITIALS = frozenset(
    form for slug, forms in _KNOWN.items() for form in (slug.upper(), *forms) if form.isupper() and len(form) > 2
) - {"WHO", "AU"}
"""Those that mean the same in any language; `WHO` may be a word in capitals."""

_SMALL = frozenset("of the and for in on de la et del".split())
_LEGAL = frozenset("inc corp corporation co ltd limited plc llc ag sa nv se gmbh group holdings".split())


@lru_cache(_REMEMBERED)
def initials_of(label: str) -> str:
    """`North Atlantic Treaty Organization` gives `NATO`; empty for a single word."""
    words = [word for word in label.replace("-", " ").split() if word.lower() not in _SMALL]
    return "".join(word[0] for word in words if word[0].isalnum()).upper() if len(words) > 1 else ""


@lru_cache(_REMEMBERED)
def without_legal_form(folded_name: str) -> str:
    """`apple inc` gives `apple`; a name that is nothing else stays."""
    words = folded_name.replace(",", " ").split()
    while len(words) > 1 and words[-1] in _LEGAL:
        words.pop()
    return " ".join(words)
