"""The edge compresses compressible responses, keeps tags that compare equal, and does not compress tokens."""

from typing import Any

import httpx
import pytest

from tests.edge.conftest import Edge


@pytest.fixture(scope="module")
def address(edge: Edge) -> str:
    return edge(True)


def _get(address: str, path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{address}{path}", headers={"accept-encoding": "gzip", **headers}, trust_env=False)


@pytest.mark.parametrize(
    "path",
    [
        "/membership/v1/experts",
        "/membership/v1/experts?format=csv",
        "/membership/v1/openapi.json",
        "/openapi.json",
        "/",
    ],
)
def test_lists_streams_pages_and_the_contract_are_compressed(address: str, path: str) -> None:
    response = _get(address, path)
    assert response.status_code == 200
    assert response.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in response.headers["vary"].lower()


def test_a_tag_that_compression_weakened_is_known_again(address: str) -> None:
    item = _get(address, _get(address, "/membership/v1/experts?limit=1").json()["items"][0]["links"]["self"])
    for tag in (item.headers["etag"], f"W/{item.headers['etag'].removeprefix('W/')}"):
        again = _get(address, item.request.url.path, **{"if-none-match": tag})
        assert again.status_code == 304


def test_tokens_are_not_compressed(address: str, running: dict[str, Any]) -> None:
    client = running["demo"]["clients"]["secretariat"]
    response = httpx.post(
        f"{address}/access/v1/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(client["id"], client["secret"]),
        headers={"accept-encoding": "gzip"},
        trust_env=False,
    )
    assert response.status_code == 200
    assert "content-encoding" not in response.headers
