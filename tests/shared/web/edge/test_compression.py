"""Responses are compressed for clients that accept it, block by block, and never if a length could disclose a
secret."""

import zlib
from collections.abc import Iterable
from typing import Any

import pytest

from shared.web.edge.compression import Compression, takes_gzip

_LONG = b'{"text": "' + b"soil and water " * 400 + b'"}'


async def _compressed(
    blocks: Iterable[bytes], media: str = "application/json", accepted: str = "gzip", status: int = 200, **headers: str
) -> list[dict[str, Any]]:
    """The sent bytes for a response of these blocks."""
    blocks = list(blocks)
    sent: list[dict[str, Any]] = []
    raw = [(b"content-type", media.encode())]
    raw += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": raw})
        for place, block in enumerate(blocks):
            more = place < len(blocks) - 1
            await send({"type": "http.response.body", "body": block, "more_body": more})

    async def send(message: Any) -> None:
        sent.append(dict(message))

    await Compression(app)({"escm.headers": {b"accept-encoding": accepted.encode()}}, None, send)  # type: ignore[arg-type]
    return sent


def _is_packed(sent: list[dict[str, Any]]) -> bool:
    return (b"content-encoding", b"gzip") in sent[0]["headers"]


@pytest.mark.parametrize("media", ["application/json; charset=utf-8", "text/csv", "application/x-ndjson", "text/html"])
async def test_long_texts_are_packed_and_keep_their_tag(media: str) -> None:
    sent = await _compressed([_LONG], media, content_length=str(len(_LONG)), etag='"3.9f86d081"')
    headers = dict(sent[0]["headers"])
    assert _is_packed(sent)
    assert b"content-length" not in headers
    assert (headers[b"vary"], headers[b"etag"]) == (b"Accept-Encoding", b'"3.9f86d081"')
    packed = b"".join(message["body"] for message in sent[1:])
    assert zlib.decompress(packed, 31) == _LONG
    assert len(packed) < len(_LONG) / 10


async def test_each_block_of_a_stream_can_be_read_when_it_comes() -> None:
    blocks = [b'{"id": 1}\n', b'{"id": 2}\n', b""]
    sent = await _compressed(blocks, "application/x-ndjson")
    reader = zlib.decompressobj(31)
    assert [reader.decompress(message["body"]) for message in sent[1:]] == blocks
    assert reader.eof


@pytest.mark.parametrize(
    ("media", "headers"),
    [
        ("text/event-stream", {}),
        ("application/problem+json", {}),
        ("image/png", {}),
        ("application/json", {"cache_control": "no-store"}),
        ("application/json", {"content_encoding": "gzip"}),
        ("application/json", {"content_length": "200"}),
    ],
)
async def test_secrets_events_and_short_or_packed_responses_are_left_alone(media: str, headers: dict[str, str]) -> None:
    sent = await _compressed([_LONG], media, **headers)
    assert b"".join(message["body"] for message in sent[1:]) == _LONG
    assert b"vary" not in dict(sent[0]["headers"])


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "*;q=0", "gzip;q=0.0, *"])
async def test_who_does_not_take_it_gets_it_plain_and_the_response_varies(accepted: str) -> None:
    sent = await _compressed([_LONG], accepted=accepted)
    assert sent[1]["body"] == _LONG
    assert dict(sent[0]["headers"])[b"vary"] == b"Accept-Encoding"


@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "*", "deflate, GZIP", "*;q=0, gzip"])
def test_the_ways_of_taking_it(accepted: str) -> None:
    assert takes_gzip(accepted)
