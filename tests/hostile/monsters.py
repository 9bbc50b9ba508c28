"""Articles and feeds that are far too large, each in its own way."""

from collections.abc import Iterator

SENTENCE = "The harbour council voted on Friday to close the old ferry terminal in Oslo for repairs and weather. "
MANY = 100_000


def rss(entries: Iterator[str] | list[str], *, title: str = "Monsters", host: str = "monsters.example") -> bytes:
    head = f"<title>{title}</title><link>https://{host}/</link><description/>"
    document = f"<rss version='2.0'><channel>{head}{''.join(entries)}</channel></rss>"
    return f"<?xml version='1.0' encoding='utf-8'?>{document}".encode()


def entry(name: str, inside: str, *, title: str | None = None, host: str = "monsters.example") -> str:
    link = f"https://{host}/{name}"
    return f"<item><title>{title or f'A monster: {name}'}</title><link>{link}</link><guid>{link}</guid>{inside}</item>"


def _body(markup: str) -> str:
    return f"<description><![CDATA[{markup}]]></description>"


def monsters() -> dict[str, str]:
    """Entries by name. All of them fit into one feed of 10 MB."""
    return {
        "tags": entry("tags", "".join(f"<category>tag {number}</category>" for number in range(MANY))),
        "authors": entry("authors", "".join(f"<author>a{number}</author>" for number in range(MANY // 2))),
        "category": entry("category", f"<category>{SENTENCE * 3_000}</category>"),
        "title": entry("title", "<description>Its title has a megabyte.</description>", title=SENTENCE * 10_000),
        "word": entry("word", "<description>Its title is one word.</description>", title="W" * 500_000),
        "date": entry("date", f"<pubDate>{'1 ' * 100_000}</pubDate>"),
        "guid": f"<item><title>Its guid</title><guid isPermaLink='false'>{'g' * 300_000}</guid></item>",
        "files": entry(
            "files",
            "".join(f"<enclosure url='https://m.example/{number}' type='a/b' length='1'/>" for number in range(5_000)),
        ),
        "mentions": entry("mentions", _body(f"<p>{'Mayor Anna Larsen went to Oslo. ' * 30_000}</p>")),
        "links": entry("links", _body("<a href=x>y</a>" * 15_000)),
        "open": entry("open", _body("<b><i>" * 2_000 + "at the bottom")),
    }


def large_feed() -> bytes:
    """Its own title is large too, and stands in each of its articles."""
    return rss(list(monsters().values()), title="Feed " + "of monsters " * 20_000)


def long_article() -> bytes:
    """One article that fills the feed."""
    return rss([entry("long", _body(f"<p>{SENTENCE}</p>" * 90_000), host="long.example")], host="long.example")
