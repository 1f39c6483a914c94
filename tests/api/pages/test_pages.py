"""Landing page, guide, reference and problem pages: what they say, and that every link leads somewhere."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin

import httpx
import pytest

from app.api.pages.guide import NAMES
from app.api.pages.markdown import make_slug, render_guide, render_inline
from app.api.pages.reference import Word, build_reference, list_entries, read_given
from app.api.pages.template import add_root
from app.api.problems import KINDS
from app.main import create_app
from app.settings import Settings

Client = httpx.AsyncClient
pytestmark = pytest.mark.anyio

PAGES = ["/", "/docs", *(f"/docs/guide/{name}" for name in NAMES), "/docs/reference", "/problems"]


class Reader(HTMLParser):
    """What a page links to and loads, the ids that it has, and what it must not have."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        address = given.get("href") or given.get("src") or given.get("action")
        if address is not None:
            (self.links if tag in {"a", "form"} else self.loaded).append(address)
        if tag == "style" or (tag == "script" and "src" not in given) or any(name == "style" or name.startswith("on") for name in given):
            self.inline.append(self.get_starttag_text() or tag)


@pytest.fixture(params=["", "/info"])
async def rooted(request: pytest.FixtureRequest, releases: Path) -> AsyncIterator[tuple[str, Client]]:
    """A root path, and a client of the service under it."""
    root: str = request.param
    transport = httpx.ASGITransport(create_app(Settings(releases=releases, access_log=False)), root_path=root)
    async with Client(transport=transport, base_url=f"http://test{root}") as client:
        yield root, client


async def list_pages(client: Client) -> list[str]:
    index = Reader((await client.get("/docs/reference")).text).links
    operations = {link[link.index("/docs/") :] for link in index if "/docs/reference/" in link}
    assert len(operations) > 20
    return [*PAGES, *sorted(operations), *(f"/problems/{code}" for code in KINDS)]


async def test_every_link_of_every_page_leads_somewhere(rooted: tuple[str, Client]) -> None:
    root, client = rooted
    pages = await list_pages(client)
    found = {page: Reader((await client.get(page)).text) for page in pages}
    targets: dict[str, set[str]] = {}
    for page, reader in found.items():
        for link in (*reader.links, *reader.loaded):
            if link.startswith(("https://", "tel:")):
                continue
            target, fragment = urldefrag(urljoin(root + page, link))
            assert target.startswith(f"{root}/"), (page, link)
            targets.setdefault(target.removeprefix(root), set()).add(fragment)
    for target, fragments in targets.items():
        if target.startswith("/v1"):
            continue  # answers of the catalogue that the guide speaks about, which the sample does not hold
        answer = await client.get(target)
        assert answer.status_code == 200, target
        if target in found:
            assert fragments - {""} <= set(found[target].ids), target


async def test_no_page_has_anything_inline_or_from_elsewhere(client: Client) -> None:
    for page in await list_pages(client):
        answer = await client.get(page)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8"), page
        reader = Reader(answer.text)
        assert not reader.inline, page
        assert all(address.startswith("/docs/assets/") for address in reader.loaded), page
        assert len(reader.ids) == len(set(reader.ids)), page
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy


async def test_pages_are_kept_and_revalidated_like_any_answer(client: Client) -> None:
    for page in ("/", "/docs", "/docs/guide/caching", "/docs/guide/caching.md", "/docs/reference/list_facts", "/problems/not-found"):
        first = await client.get(page)
        assert first.headers["cache-control"].startswith("public, max-age=300")
        again = await client.get(page, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_landing_page_asks_the_release_and_says_when_it_has_no_answer(client: Client) -> None:
    page = (await client.get("/")).text
    assert "Does ketamine cure migraine?" in page
    assert "No answer: the catalogue does not cover this." in page
    assert (await client.get("/v1")).json()["meta"]["release"] in page
    assert "not medical advice" in page


async def test_landing_page_quotes_real_answers_with_their_warnings(published: Path) -> None:
    transport = httpx.ASGITransport(create_app(Settings(releases=published, access_log=False)))
    async with Client(transport=transport, base_url="http://test") as client:
        page = (await client.get("/")).text
        answers = [(await client.get(link)).json()["data"] for link in Reader(page).links if link.startswith("/v1/answers?")]
        assert [answer["status"] for answer in answers] == ["answered", "answered", "answered", "no_answer"]
        for fact in (fact for answer in answers for fact in answer["facts"]):
            assert fact["quote"].replace("'", "&#39;") in page
            for warning in fact["see_also"]:
                plain: str = (await client.get(f"/v1/facts/{warning}")).json()["data"]["plain"]
                assert plain.replace("'", "&#39;") in page
        assert len(page) < 40_000


async def test_landing_page_does_not_count_its_own_questions(releases: Path) -> None:
    transport = httpx.ASGITransport(create_app(Settings(releases=releases, access_log=False)))
    async with Client(transport=transport, base_url="http://test") as client:
        assert (await client.get("/")).status_code == 200
        assert "treatments_answers_total{" not in (await client.get("/metrics")).text


async def test_guide_explains_every_kind_of_problem_and_every_format(client: Client) -> None:
    errors = (await client.get("/docs/guide/errors.md")).text
    assert [code for code in KINDS if f"`{code}`" not in errors] == []
    formats = (await client.get("/docs/guide/formats.md")).text
    assert "**`format` wins over `Accept`**" in formats
    for item in (await client.get("/openapi.json")).json()["paths"].values():
        for parameter in item["get"].get("parameters", ()):
            names: list[str] = parameter["schema"].get("enum", []) if parameter["name"] == "format" else []
            assert [name for name in names if f"| `{name}` |" not in formats] == []


async def test_guide_comes_as_markdown_whose_links_carry_the_root(rooted: tuple[str, Client]) -> None:
    root, client = rooted
    answer = await client.get("/docs/guide/start.md")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.text.startswith("# Your first call\n\n")
    assert f"]({root}/docs/guide/frontend)" in answer.text


async def test_llms_txt_lists_the_guide(rooted: tuple[str, Client]) -> None:
    root, client = rooted
    text = (await client.get("/llms.txt")).text
    for name in NAMES:
        assert f"]({root}/docs/guide/{name}.md): " in text
    links = re.findall(r"\]\((/[^)]*)\)", text)
    assert all(link.startswith(f"{root}/") for link in links)


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("/docs/guide/chaching", "caching"),
        ("/docs/guide/chaching.md", "caching"),
        ("/docs/reference/list_fact", "list_facts"),
        ("/docs/refrence", "/docs/reference"),
        ("/problems/not-fond", "not-found"),
    ],
)
async def test_unknown_page_suggests_near_ones(client: Client, address: str, near: str) -> None:
    answer = await client.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert near in answer.json()["did_you_mean"]


async def test_guide_can_be_read_without_a_release(tmp_path: Path) -> None:
    transport = httpx.ASGITransport(create_app(Settings(releases=tmp_path)))
    async with Client(transport=transport, base_url="http://test") as client:
        for page in ("/docs", "/docs/guide/errors", "/docs/reference", "/problems/release-unusable"):
            assert (await client.get(page)).status_code == 200
        for page in ("/", "/docs/reference/list_facts"):
            assert (await client.get(page)).json()["code"] == "release-unusable"


async def test_reference_holds_every_operation_parameter_member_and_error(client: Client) -> None:
    document = (await client.get("/openapi.json")).json()
    for item in document["paths"].values():
        operation = item["get"]
        page = (await client.get(f"/docs/reference/{operation['operationId']}")).text
        for parameter in operation.get("parameters", ()):
            assert f'name="{parameter["name"]}"' in page
        for status in operation["responses"]:
            assert status == "200" or f"<code>{status}</code>" in page
        for media_type in operation["responses"]["200"]["content"]:
            assert f"<code>{media_type}</code>" in page


async def test_long_examples_are_cut_at_a_line_and_say_so(published: Path) -> None:
    transport = httpx.ASGITransport(create_app(Settings(releases=published, access_log=False)))
    async with Client(transport=transport, base_url="http://test") as client:
        page = (await client.get("/docs/reference/get_drug")).text
        assert "Shortened here. All of it:" in page
        assert "Shortened here. All of it:" not in (await client.get("/docs/reference/get_index")).text


def test_reference_reads_types_in_words() -> None:
    schema = {
        "properties": {
            "a": {"anyOf": [{"$ref": "#/components/schemas/Inner"}, {"type": "null"}]},
            "b": {"type": "array", "items": {"type": "string", "enum": ["x", "y"]}},
            "c": {"type": "string", "format": "date"},
            "d": {"type": ["object", "array"]},
            "e": {"const": "dose", "type": "string"},
            "f": {},
        }
    }
    inner = {"properties": {"again": {"$ref": "#/components/schemas/Inner"}}, "description": "Inside."}
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/Outer"}}}
    operation = {"operationId": "x", "summary": "X", "description": "", "tags": ["T"], "responses": {"200": {"content": answer}}}
    plain: dict[str, Any] = {
        "operationId": "y",
        "summary": "Y",
        "description": "",
        "tags": ["T"],
        "responses": {"200": {"content": {"text/csv": {}}}},
    }
    document: dict[str, Any] = {
        "paths": {"/x": {"get": operation}, "/y": {"get": plain}},
        "components": {"schemas": {"Outer": schema, "Inner": inner}},
        "tags": [{"name": "T", "description": "T."}, {"name": "Empty", "description": ""}],
    }
    (group, _) = build_reference(document)
    outer, other = group.operations
    assert outer.answer is not None
    kinds = {member.name: member.kind for member in outer.answer.members}
    assert kinds["a"] == (Word("Inner", "Inner"), Word(" or "), Word("null"))
    assert kinds["b"] == (Word("list of "), Word("string"))
    assert [kinds[name][0].text for name in "cdef"] == ["date", "object or array", "string", "any"]
    assert [member.values for member in outer.answer.members] == [(), ("x", "y"), (), (), ("dose",), ()]
    assert [shape.name for shape in outer.shapes] == ["Inner"]
    assert (other.answer, other.shapes, other.formats, other.samples) == (None, (), ("text/csv",), ())
    assert list(list_entries(document)) == ["T"]


def test_reference_fills_the_form_from_the_example() -> None:
    assert read_given("/v1/x/{x_id}/{part}", "/v1/x/a%20b/c?q=d+e&limit=2") == {"x_id": "a b", "part": "c", "q": "d e", "limit": "2"}


def test_markdown_is_rendered_without_raw_html_and_with_places_to_link_to() -> None:
    rendered = render_guide("## Do `it` now\n\n<script>alert(1)</script>\n\n```unknown\na < b\n```\n\n| a |\n| --- |\n| [b](/c) |\n")
    assert [(heading.id, heading.text) for heading in rendered.headings] == [("do-it-now", "Do it now")]
    assert "<script>" not in rendered.html
    assert "a &lt; b" in rendered.html
    assert add_root(rendered.html, "/info").count('href="/info/c"') == 1
    assert render_inline("one `code`") == "one <code>code</code>"
    assert render_inline("one\n\ntwo") == "<p>one</p>\n<p>two</p>\n"
    assert make_slug("What v1 promises?") == "what-v1-promises"
