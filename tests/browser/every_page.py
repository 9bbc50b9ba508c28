"""A wire with something of everything, and the address of every kind of page."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.contracts.articles import ArticleRevised, Source
from services.contracts.feeds import Feed, FeedChanged, Push
from services.contracts.identity import feed_id
from tests.api.page.samples import article_model
from tests.browser.wire import STREAMS, Wire

FAILING = "https://post.example/feed.xml"
LONG = "Donau" + "dampfschiff" * 9
_WIDE = "<pre>" + "wide " * 60 + "</pre><table><tr><td>" + "cell</td><td>" * 30 + '</td></tr></table><img width="900">'


def fill(wire: Wire) -> dict[str, str]:
    """Publish articles and feeds of every kind. The addresses, by what they show."""
    wire.publish("Reservoir bill passes", "Politics", minutes_ago=70, source=Source(id="post.example", name="The Post"))
    subject = wire.publish(
        LONG,
        "Long" + "tag" * 30,
        "Politics",
        html=f"<p>{'x' * 300}</p>{_WIDE}<h2>Below</h2><p>A <a href='https://a.example/'>link</a>.</p>",
        summary="y" * 200,
        authors=("Ada " + "z" * 60,),
        minutes_ago=2,
    )
    revise(wire, subject)
    story = tell_a_story(wire)
    fine, failing = (_feed(wire, url, status) for url, status in ((_FINE, "active"), (FAILING, "failing")))
    return {
        "front": "/",
        "top stories": "/?order=momentum",
        "story": f"/stories/{story}",
        "told in a story": f"/articles/{story}",
        "of a story": f"/?story={story}&fold=story",
        "no such story": "/stories/nonsense",
        "tag": "/tag/category:politics",
        "narrowed tag": "/tag/category:politics?lang=en",
        "source": "/source/post.example",
        "filtered": "/?lang=en&since=2026-01-01",
        "search": "/search",
        "found": "/search?q=lang:en",
        "marked": "/search?q=reservoir&sort=relevance",
        "not found": f"/search?q={'z' * 90}",
        "not understood": f"/search?q=({'z' * 90}",
        "article": f"/articles/{subject}",
        "revisions": f"/articles/{subject}/revisions",
        "feeds": "/feeds?sort=-state",
        "feed": f"/feeds/{fine}",
        "failing feed": f"/feeds/{failing}",
        "sign in": "/sign-in",
        "no such page": "/nonsense",
        "no such tag": "/tag/" + "t" * 90,
        "bad parameter": "/?colour=red",
    }


def tell_a_story(wire: Wire) -> UUID:
    """Five articles of four sources in three hours, with long names."""
    told = []
    for number, name in enumerate(("Courier", "Post", "Daily", "Courier", "Gazette" + "te" * 40)):
        source = Source(id=f"{name.lower()}.example", name=f"The {name}")
        minutes = 150 - 30 * number
        title = f"Ferry to Norhaven {number} " + ("and " * 9 if number % 2 else "S" + "t" * 60)
        told.append(wire.publish(title, "Transport", minutes_ago=minutes, source=source))
    wire.tell(told[0], told[0], change="opened")
    wire.tell(told[0], *told[1:], title="Ferry to Norhaven is cut, and " + "then " * 12 + "cut again")
    wire.until_ok(f"/v1/stories/{told[0]}", '"size":5')
    return told[0]


_FINE = "https://courier.example/" + "deep/" * 12 + "feed.xml"


def revise(wire: Wire, subject: UUID) -> None:
    now = datetime.now(UTC)
    text = "The crossing takes twelve minutes.\n\nIt runs " + "very " * 40 + "often."
    revised = article_model(LONG, id=subject, revision=2, first_seen=now - timedelta(minutes=2), text=text)
    wire.send(ArticleRevised, STREAMS.articles, f"{subject}/2", revised.model_copy(update={"seen": now}))
    wire.enrich(revised, "Politics")
    wire.until_enriched(subject)


def _feed(wire: Wire, url: str, status: str) -> UUID:
    now = datetime.now(UTC)
    push = Push(hub="https://hub.example/", topic=url, status="active", since=now, until=now + timedelta(days=5))
    feed = Feed.model_validate(
        {
            "id": feed_id(url),
            "url": url,
            "title": f"The {status} feed",
            "site": "https://courier.example/",
            "tags": ("world", "harbours"),
            "status": status,
            "change": "polled",
            "reason": "The server answers 503 and says " + "w" * 80 if status == "failing" else None,
            "since": now - timedelta(days=2),
            "polled_at": now - timedelta(minutes=5),
            "next_poll_at": now + timedelta(minutes=5),
            "per_day": 12.0,
            "articles": 1234,
            "push": push if status == "active" else None,
        }
    )
    wire.send(FeedChanged, STREAMS.feeds, f"{feed.id}/{status}", feed)
    wire.until_ok(f"/v1/feeds/{feed.id}")
    return feed.id
