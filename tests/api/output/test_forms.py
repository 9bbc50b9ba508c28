"""What output feeds say: read by feedparser as any reader would, and agreed to by validators."""

from datetime import UTC, datetime
from typing import Any

import feedparser
import httpx
import jsonschema
import pytest
from lxml import etree
from rss_parser import AtomParser, RSSParser

from tests.api.conftest import Wire
from tests.api.events import article_id, at, enriched, published
from tests.api.output.atom_grammar import atom_grammar
from tests.api.output.feeds import FORMS, by_title, difficult
from tests.api.output.jsonfeed_schema import JSON_FEED_1_1

pytestmark = pytest.mark.anyio


@pytest.fixture
async def told(http: httpx.AsyncClient, wire: Wire) -> httpx.AsyncClient:
    await wire.tell(*difficult())
    return http


def read(answer: httpx.Response) -> Any:
    """As feedparser understands it, without the help of what HTTP says."""
    found = feedparser.parse(answer.content, response_headers={"content-type": answer.headers["content-type"]})
    assert found.bozo == 0, found.get("bozo_exception")
    return found


def moment(parts: tuple[int, ...]) -> datetime:
    year, month, day, hour, minute, second, *_ = parts
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize("form", FORMS)
async def test_each_form_is_served_under_its_own_type(told: httpx.AsyncClient, form: str) -> None:
    answer = await told.get(f"/v1/articles.{form}")
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, FORMS[form])


@pytest.mark.parametrize("form", ["rss", "atom"])
@pytest.mark.parametrize("query", ["", "?q=nothing"])
async def test_feedparser_finds_no_fault(told: httpx.AsyncClient, form: str, query: str) -> None:
    found = read(await told.get(f"/v1/articles.{form}{query}"))
    assert found.version == {"rss": "rss20", "atom": "atom10"}[form]
    assert len(found.entries) == (0 if query else 3)


@pytest.mark.parametrize("query", ["", "?q=nothing", "?limit=1"])
async def test_atom_is_as_its_grammar_has_it(told: httpx.AsyncClient, query: str) -> None:
    grammar = atom_grammar()
    document = etree.fromstring((await told.get(f"/v1/articles.atom{query}")).content)
    assert grammar.validate(document), grammar.error_log


async def test_the_grammar_knows_a_fault(told: httpx.AsyncClient) -> None:
    grammar = atom_grammar()
    whole = (await told.get("/v1/articles.atom")).text
    for old, new in (("<updated>", "<updated>on "), ("<id>urn:", "<id2>urn:"), ('rel="self"', 'rel="self" odd="1"')):
        broken = whole.replace(old, new, 1).replace("</id>", "</id2>" if "id2" in new else "</id>", 1)
        assert not grammar.validate(etree.fromstring(broken.encode())), new


async def test_a_typed_parser_agrees(told: httpx.AsyncClient) -> None:
    rss: Any = RSSParser.parse((await told.get("/v1/articles.rss")).text)
    atom: Any = AtomParser.parse((await told.get("/v1/articles.atom")).text)
    assert len(rss.channel.items) == len(atom.feed.entries) == 3
    assert atom.feed.entries[0].id.content == article_id(3).urn


async def test_json_feed_is_as_its_schema_has_it(told: httpx.AsyncClient) -> None:
    checked = jsonschema.Draft202012Validator(JSON_FEED_1_1, format_checker=jsonschema.FormatChecker())
    for query in ("", "?q=nothing", "?limit=1"):
        document = (await told.get(f"/v1/articles.jsonfeed{query}")).json()
        checked.validate(document)
        with pytest.raises(jsonschema.ValidationError):
            checked.validate(document | {"items": [{"title": "without an id"}]})


async def test_rss_and_atom_say_all_that_there_is(told: httpx.AsyncClient) -> None:
    for form in ("rss", "atom"):
        entries = read(await told.get(f"/v1/articles.{form}")).entries
        assert [entry["id"] for entry in entries] == [article_id(number).urn for number in (3, 2, 1)]
        rain = by_title(entries, "Rain")
        assert rain["title"] == "Rain & <b>wind</b>  in “Zürich” ]]>"
        assert rain["link"] == "https://courier.example/1?a=1&b=<2>"
        assert [tag["label"] or tag["term"] for tag in rain["tags"]] == ["Storms & Floods", "Weather"]
        assert rain["authors"][0]["name"] == "Jane <Doe>"
        assert rain["summary"] == "A summary & more <i>of it</i>"
        first = rain["enclosures"][0]
        assert (first["href"], first["length"], first["type"]) == (
            "https://courier.example/1.mp3",
            "1234",
            "audio/mpeg",
        )
        assert len(rain["enclosures"]) == (1 if form == "rss" else 3)
        assert rain["media_thumbnail"][0]["url"] == "https://courier.example/1.jpg?w=1&h=2"
        assert rain["source"]["title"] == "Courier <news>"
        assert "source" not in by_title(entries, "Article 3") or form == "atom"


async def test_json_feed_says_all_that_there_is(told: httpx.AsyncClient) -> None:
    document = (await told.get("/v1/articles.jsonfeed")).json()
    rain = by_title(document["items"], "Rain")
    assert rain["id"] == article_id(1).urn
    assert rain["tags"] == ["Storms & Floods", "Weather"]
    assert rain["authors"] == [{"name": "Jane <Doe>"}]
    assert [file["mime_type"] for file in rain["attachments"]] == [
        "audio/mpeg", "application/pdf", "application/octet-stream",
    ]  # fmt: skip
    assert (rain["language"], rain["_dateline"]["publisher"]) == ("de", "Courier & Sons")
    bare = by_title(document["items"], "Article 2")
    assert (bare["content_text"], bare["url"]) == ("Article 2", f"http://dateline.test/articles/{article_id(2)}")
    assert None not in bare.values()


async def test_dates_are_written_only_where_they_are_known(told: httpx.AsyncClient) -> None:
    """`updated`, which Atom must have, is when the wire saw the present revision."""
    seen, known = at(1), at(-29)
    for form in ("rss", "atom"):
        entries = read(await told.get(f"/v1/articles.{form}")).entries
        rain = by_title(entries, "Rain")
        assert moment(rain["published_parsed"]) == known
        assert moment(rain["updated_parsed"]) == seen
        assert "published" not in by_title(entries, "Article 2")
        assert moment(by_title(entries, "Article 3")["updated_parsed"]) == at(4)
    items = (await told.get("/v1/articles.jsonfeed")).json()["items"]
    assert by_title(items, "Rain")["date_published"] == "2026-03-01T11:31:00Z"
    assert "date_published" not in by_title(items, "Article 2")


@pytest.mark.parametrize("form", FORMS)
async def test_nothing_of_a_publishers_can_run(told: httpx.AsyncClient, form: str) -> None:
    answer = await told.get(f"/v1/articles.{form}")
    if form == "jsonfeed":
        content = [item["content_html"] for item in answer.json()["items"] if "content_html" in item]
    else:
        content = [entry["content"][0]["value"] for entry in read(answer).entries if "content" in entry]
    assert "<p>Tom &amp; Ann ]]&gt; said</p>" in content[-1]
    assert "<p>Corrected.</p>" in content[0]
    for unwanted in ("<script", "onclick", "javascript:", "alert"):
        assert unwanted not in answer.text


@pytest.mark.parametrize("form", FORMS)
async def test_pages_follow_each_other_and_keep_the_feeds_id(http: httpx.AsyncClient, wire: Wire, form: str) -> None:
    """RFC 5005, section 3; `next_url` in JSON Feed."""
    await wire.tell(*(published(number, minutes=number) for number in range(5)))
    address, ids = f"/v1/articles.{form}?q=article&limit=2", set[str]()
    seen: list[str] = []
    while address:
        answer = await http.get(address)
        if form == "jsonfeed":
            document = answer.json()
            following, entries = document.get("next_url"), [item["title"] for item in document["items"]]
            assert document["feed_url"] == str(answer.url)
        else:
            found = read(answer)
            links = {link["rel"]: link["href"] for link in found.feed.links}
            assert links["self"] == str(answer.url)
            assert links["alternate"] == "http://dateline.test/?q=article"
            following, entries = links.get("next"), [entry["title"] for entry in found.entries]
            assert ("first" in links) == bool(seen)
            if form == "atom":
                ids.add(found.feed.id)
        assert ('rel="next"' in answer.headers.get("link", "")) == bool(following)
        seen += entries
        address = following
    assert seen == [f"Article {number}" for number in (4, 3, 2, 1, 0)]
    assert len(ids) == (form == "atom")


async def test_a_feed_of_one_language_says_so(http: httpx.AsyncClient, wire: Wire) -> None:
    await wire.tell(*difficult())
    assert read(await http.get("/v1/articles.rss?q=rain")).feed.language == "de"
    assert read(await http.get("/v1/articles.atom?q=rain")).feed.language == "de"
    assert (await http.get("/v1/articles.jsonfeed?q=rain")).json()["language"] == "de"
    assert "language" not in read(await http.get("/v1/articles.rss")).feed


async def test_what_came_late_is_first_however_old_it_is(http: httpx.AsyncClient, wire: Wire) -> None:
    await wire.tell(published(1, minutes=1), published(2, minutes=2), enriched(2, minutes=2, ago=3_000))
    titles = [item["title"] for item in (await http.get("/v1/articles.jsonfeed")).json()["items"]]
    assert titles == ["Article 2", "Article 1"]
    titles = [item["title"] for item in (await http.get("/v1/articles.jsonfeed?sort=published")).json()["items"]]
    assert titles == ["Article 1", "Article 2"]


@pytest.mark.parametrize("form", FORMS)
async def test_mistakes_are_pointed_at_as_in_listings(http: httpx.AsyncClient, form: str) -> None:
    wrong = await http.get(f"/v1/articles.{form}", params={"q": "rain OR (snow"})
    assert (wrong.status_code, wrong.json()["at"]) == (400, 8)
    for parameter in ("colour", "fields", "highlight", "changed_since"):
        assert (await http.get(f"/v1/articles.{form}", params={parameter: "x"})).json()["parameter"] == parameter


@pytest.mark.parametrize("form", FORMS)
async def test_who_has_it_is_not_sent_it_again(http: httpx.AsyncClient, wire: Wire, form: str) -> None:
    await wire.tell(published(1))
    answer = await http.get(f"/v1/articles.{form}")
    held = {"If-None-Match": answer.headers["etag"]}
    assert (await http.get(f"/v1/articles.{form}", headers=held)).status_code == 304
    await wire.tell(published(2))
    assert (await http.get(f"/v1/articles.{form}", headers=held)).status_code == 200
