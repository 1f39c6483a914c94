"""How the Python client goes from page to page."""

import httpx

from treatment_information import Client

META = {"api_version": "1.0.0", "release": "2031.01.01-00000000", "license": "", "disclaimer": "", "total": 3, "limit": 2, "offset": 0}


def answer_below_a_path(request: httpx.Request) -> httpx.Response:
    """A service behind a proxy that strips `/treatments`, and that knows nothing of it."""
    assert request.url.path == "/treatments/v1/terms"
    is_first = request.url.params.get("offset", "0") == "0"
    links = {"self": "/v1/terms", "next": "/v1/terms?limit=2&offset=2" if is_first else None, "prev": None}
    return httpx.Response(200, json={"data": [{"id": "a"}, {"id": "b"}] if is_first else [{"id": "c"}], "meta": META, "links": links})


def test_next_page_is_found_behind_a_proxy_that_serves_below_a_path() -> None:
    with Client("http://proxy.example/treatments/", http=httpx.Client(transport=httpx.MockTransport(answer_below_a_path))) as client:
        assert [term["id"] for term in client.every(client.list_terms(limit=2))] == ["a", "b", "c"]
