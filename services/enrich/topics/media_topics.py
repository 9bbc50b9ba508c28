"""The IPTC Media Topics that Dateline gives, and the tag of each.

Codes, labels and hierarchy are IPTC's (https://iptc.org/standards/media-topics/), licensed CC BY 4.0.
"""

from dataclasses import dataclass

from services.enrich.slugs import slug_of


@dataclass(frozen=True, slots=True)
class MediaTopic:
    """`code` is `medtop:NNNNNNNN`; `top` that of the top level, its own where it is one of the 17."""

    code: str
    label: str
    top: str

    @property
    def slug(self) -> str:
        return f"topic:{slug_of(self.label)}"


_TREE: dict[tuple[str, str], dict[str, str]] = {
    ("01000000", "Arts, culture, entertainment and media"): {
        "20000002": "Arts and entertainment",
        "20000005": "Cinema",
        "20000007": "Dance",
        "20000011": "Fashion",
        "20000013": "Literature",
        "20000018": "Music",
        "20000029": "Theatre",
        "20000031": "Visual arts",
        "20000036": "Photography",
        "20000038": "Culture",
        "20000045": "Mass media",
        "20000051": "Television",
    },
    ("02000000", "Crime, law and justice"): {
        "20000082": "Crime",
        "20000086": "Cyber crime",
        "20000106": "Judiciary",
        "20000121": "Law",
    },
    ("03000000", "Disaster, accident and emergency incident"): {"20000148": "Disaster"},
    ("04000000", "Economy, business and finance"): {
        "20000170": "Business information",
        "20000210": "Agriculture",
        "20000256": "Energy and resource",
        "20000274": "Banking",
        "20000287": "Personal finance and investment",
        "20000296": "Automotive",
        "20000337": "Transport",
        "20000344": "Economy",
        "20000385": "Market and exchange",
        "20001279": "Cryptocurrency",
    },
    ("05000000", "Education"): {"20000400": "School"},
    ("06000000", "Environment"): {"20000418": "Climate change", "20000441": "Nature"},
    ("07000000", "Health"): {"20000458": "Mental health and disorder", "20001358": "Public health"},
    ("08000000", "Human interest"): {"20000505": "Celebrity"},
    ("09000000", "Labour"): {"20000509": "Employment", "20000536": "Unions"},
    ("10000000", "Lifestyle and leisure"): {
        "20000538": "Leisure",
        "20000548": "Video game",
        "20000563": "Travel and tourism",
        "20000565": "Lifestyle",
        "20000568": "Food and drink enthusiasm",
        "20001257": "Gardening",
        "20001339": "Wellness",
    },
    ("11000000", "Politics"): {
        "20000574": "Election",
        "20000593": "Government",
        "20000598": "Defence",
        "20000638": "International relations",
    },
    ("12000000", "Religion"): {},
    ("13000000", "Science and technology"): {
        "20000717": "Natural science",
        "20000718": "Astronomy",
        "20000739": "Space exploration",
        "20000744": "Archaeology",
        "20000756": "Technology and engineering",
        "20000763": "Information technology and computer science",
        "20001298": "Artificial intelligence",
    },
    ("14000000", "Society"): {"20000771": "Immigration", "20000780": "Family", "20000787": "Parenting"},
    ("15000000", "Sport"): {
        "20000827": "Athletics",
        "20000849": "Baseball",
        "20000851": "Basketball",
        "20000856": "Boxing",
        "20000888": "Cricket",
        "20000892": "Cycling",
        "20000940": "Golf",
        "20000965": "Ice hockey",
        "20000991": "Motor car racing",
        "20001065": "Soccer",
        "20001085": "Tennis",
        "20001176": "Rugby",
    },
    ("16000000", "Conflict, war and peace"): {"20000056": "Armed conflict"},
    ("17000000", "Weather"): {},
}


def _flat() -> dict[str, MediaTopic]:
    topics: dict[str, MediaTopic] = {}
    for (top, label), narrower in _TREE.items():
        for code, name in {top: label, **narrower}.items():
            topics[f"medtop:{code}"] = MediaTopic(f"medtop:{code}", name, f"medtop:{top}")
    return topics


MEDIA_TOPICS = _flat()
"""By code."""

TOP_LEVELS = tuple(code for code, topic in MEDIA_TOPICS.items() if topic.top == code)
"""The 17, in IPTC's order of numbers."""
