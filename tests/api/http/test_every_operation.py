"""What holds for every address of the OpenAPI document, asked of a real server; a new one is asked by itself.

A new operation needs an example in `services/api/openapi/examples`, with which it is asked here. What the example is
about has to be there: `sample_wire` makes it. Answers are made with `services.api.http.answers`, and what is wrong is
said by raising a `Problem`.
"""

import gzip
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import jsonschema
import pytest
import zstandard

from tests.api.http.operations import Operation, document, operations
from tests.api.http.sample_wire import sample_wire
from tests.conftest import ADMIN_KEY

pytestmark = pytest.mark.anyio

ALL = list(operations(document()))
EVERY = [one for one in ALL if one.file.exists()]
READING = [one for one in EVERY if one.method == "GET"]
CHANGING = [one for one in EVERY if one.method != "GET"]
STREAMS = ("text/event-stream", "application/x-ndjson")
OF_HUBS = "/v1/push/"
"""Is asked by hubs only: whatever they add is left alone, no key is needed, and nothing is to be kept."""
ELSEWHERE = "https://reader.example"
STREAMED = [one for one in READING if set(STREAMS) & set(one.described["responses"]["200"].get("content", {}))]
WHOLE = [one for one in READING if one not in STREAMED]
KEPT = [one for one in WHOLE if not one.path.startswith(OF_HUBS)]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def http(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    async with sample_wire(tmp_path_factory.mktemp("wire")) as http:
        yield http


def each(of: list[Operation]) -> Callable[..., Any]:
    return pytest.mark.parametrize("operation", of, ids=str)


async def asked(http: httpx.AsyncClient, operation: Operation, **headers: str) -> httpx.Response:
    answer = await http.send(operation.request(http, headers))
    assert answer.status_code < 500, answer.text
    return answer


def described(operation: Operation, answer: httpx.Response) -> None:
    """The answer is one of those that the document describes, and JSON agrees with its schema."""
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    schema = operation.schema(answer.status_code, media_type)
    if not answer.content and not media_type:
        assert str(answer.status_code) in operation.described["responses"], answer.status_code
        return
    assert schema is not None, f"{operation}: {answer.status_code} {media_type} is not in the OpenAPI document"
    if media_type.endswith(("/json", "+json")):
        formats = jsonschema.FormatChecker()
        jsonschema.Draft202012Validator(schema, format_checker=formats).validate(answer.json())


def problem(operation: Operation, answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    described(operation, answer)
    document: dict[str, Any] = answer.json()
    assert document["status"] == answer.status_code
    assert document["detail"]
    return document


@each(ALL)
async def test_it_has_an_example(operation: Operation) -> None:
    if operation not in EVERY:
        what = f"write services/api/openapi/examples/{operation.file.name} with its `parameters` and `request`"
        pytest.fail(f"{operation} has no example: {what}; {record(operation)}", pytrace=False)


@each(EVERY)
async def test_the_example_is_answered_as_described(http: httpx.AsyncClient, operation: Operation) -> None:
    request = operation.request(http)
    if operation in STREAMED:
        request.method = "HEAD"
    answer = await http.send(request)
    wanted = f"{operation} is not in the sample wire, or its example is wrong: {answer.text}"
    assert answer.status_code < 400, wanted
    if operation not in STREAMED:
        described(operation, answer)


@each(EVERY)
async def test_the_example_shows_what_is_answered(operation: Operation) -> None:
    shown = operation.example["responses"]
    for status, response in operation.described["responses"].items():
        if status < "300":
            assert set(response.get("content", {})) == set(shown.get(status, {})), f"{operation}: {record(operation)}"
    for status, contents in shown.items():
        for media_type, value in contents.items():
            schema = operation.schema(int(status), media_type)
            assert schema is not None, f"{operation} has no answer {status} {media_type}"
            jsonschema.Draft202012Validator(schema).validate(value)


def record(operation: Operation) -> str:
    return f"`python -m tests.api.http.record_examples {operation.id}` writes its answer"


@each(READING)
async def test_head_says_what_get_would(http: httpx.AsyncClient, operation: Operation) -> None:
    request = operation.request(http)
    request.method = "HEAD"
    head = await http.send(request)
    assert head.content == b""
    if operation in STREAMED:
        assert (head.status_code, head.headers["content-type"].partition(";")[0] in STREAMS) == (200, True)
        return
    get = await asked(http, operation)
    assert head.status_code == get.status_code
    same = ("content-type", "vary", "cache-control", "link")
    assert {name: head.headers.get(name) for name in same} == {name: get.headers.get(name) for name in same}


@each(KEPT)
async def test_what_one_has_is_not_sent_again(http: httpx.AsyncClient, operation: Operation) -> None:
    first = await asked(http, operation)
    assert first.headers["cache-control"], "it must be said how long it may be kept"
    again = await asked(http, operation, **{"If-None-Match": first.headers["etag"], "Origin": ELSEWHERE})
    if first.content == (await asked(http, operation)).content:  # it did not change meanwhile, as ages do
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["access-control-allow-origin"]
    assert (await asked(http, operation, **{"If-None-Match": 'W/"other"'})).status_code == 200


@each(KEPT)
async def test_text_is_compressed_as_asked(http: httpx.AsyncClient, operation: Operation) -> None:
    plain = await asked(http, operation, **{"Accept-Encoding": "identity"})
    assert "Accept-Encoding" in plain.headers["vary"]
    unpack: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.decompress,
        "zstd": lambda packed: zstandard.ZstdDecompressor().decompressobj().decompress(packed),
    }
    for encoding, unpacked in unpack.items():
        request = operation.request(http, {"Accept-Encoding": encoding})
        answer = await http.send(request, stream=True)
        packed = b"".join([piece async for piece in answer.aiter_raw()])
        await answer.aclose()
        assert answer.headers.get("content-encoding", "") in ("", encoding)
        if answer.headers.get("content-encoding"):
            assert len(unpacked(packed)) == pytest.approx(len(plain.content), abs=200)
        else:
            assert len(packed) < 1_000, "what is large and text must be compressed"


@each(READING)
async def test_pages_of_other_sites_may_read(http: httpx.AsyncClient, operation: Operation) -> None:
    request = operation.request(http, {"Origin": ELSEWHERE})
    request.method = "HEAD"
    read = await http.send(request)
    assert read.headers["access-control-allow-origin"] in ("*", ELSEWHERE)
    assert "ETag" in read.headers["access-control-expose-headers"]
    preflight = await http.options(request.url, headers=preflight_of("GET", "If-None-Match"))
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] in ("*", ELSEWHERE)
    assert "If-None-Match" in preflight.headers["access-control-allow-headers"]


@each(CHANGING)
async def test_pages_of_other_sites_may_change_nothing(http: httpx.AsyncClient, operation: Operation) -> None:
    asked_for = preflight_of(operation.method, "Authorization")
    preflight = await http.options(operation.request(http).url, headers=asked_for)
    assert operation.method not in preflight.headers.get("access-control-allow-methods", "")
    assert preflight.status_code == 400


def preflight_of(method: str, header: str) -> dict[str, str]:
    names = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": header}
    return {"Origin": ELSEWHERE} | names


@each([one for one in EVERY if not one.path.startswith(OF_HUBS)])
async def test_an_unknown_parameter_is_refused(http: httpx.AsyncClient, operation: Operation) -> None:
    request = operation.request(http)
    request.url = request.url.copy_merge_params({"colour": "red"})
    answer = await http.send(request)
    assert answer.status_code == 400, "read the query with `read_query`, or depend on `refuse_parameters`"
    assert problem(operation, answer)["parameter"] == "colour"


@each([one for one in EVERY if "{" in one.path])
async def test_what_is_not_there_is_a_404(http: httpx.AsyncClient, operation: Operation) -> None:
    unknown = json.loads(json.dumps(operation.example))
    for name in unknown["parameters"]:
        if f"{{{name}}}" in operation.path:
            unknown["parameters"][name] = "00000000-0000-5000-8000-000000000000"
    answer = await http.send(operation.request(http, like=unknown))
    assert answer.status_code == (410 if operation.id == "deliver" else 404)
    problem(operation, answer)


@each([one for one in CHANGING if not one.path.startswith(OF_HUBS)])
async def test_changing_needs_a_key(http: httpx.AsyncClient, operation: Operation) -> None:
    request = operation.request(http)
    del request.headers["authorization"]
    answer = await http.send(request)
    assert answer.status_code == 401
    assert problem(operation, answer)["scope"] in ("write", "admin")
    assert answer.headers["www-authenticate"]
    request.headers["authorization"] = f"Bearer not-{ADMIN_KEY}"
    assert problem(operation, await http.send(request))["type"] == "/docs#bad-key"


@each([one for one in CHANGING if "requestBody" in one.described])
async def test_a_body_that_is_none_is_refused(http: httpx.AsyncClient, operation: Operation) -> None:
    request = operation.request(http)
    [media_type, *_] = operation.example["request"]
    broken = httpx.Request(operation.method, request.url, headers=request.headers, content=b"{")
    broken.headers["content-length"], broken.headers["content-type"] = "1", media_type
    answer = await http.send(broken)
    assert answer.status_code == 422
    assert problem(operation, answer)["type"] == "/docs#bad-body"


@each(list({one.path: one for one in EVERY}.values()))
async def test_another_method_is_told_which_there_are(http: httpx.AsyncClient, operation: Operation) -> None:
    request = operation.request(http)
    answer = await http.request("PUT", request.url)
    methods = {one.method for one in EVERY if one.path == operation.path}
    if "PUT" in methods:
        return
    assert answer.status_code == 405
    assert problem(operation, answer)["allowed"] == sorted(methods | ({"HEAD"} if "GET" in methods else set()))
