"""A file of 100 MiB is received and stored, and ranges of it are read."""

import os
import tempfile
from statistics import median
from time import perf_counter
from typing import Any
from uuid import uuid4

import httpx

from tests.bench.servers import Addresses, alone, latency, peak_memory_mb, serving, tokens

NAMES = {"upload", "upload_memory_mb", "range_p50_ms", "range_p99_ms"}
_SIZE = 100 << 20
_ROUNDS = 5
_PART = 64 << 10
_RANGES = """
local n = 0
request = function()
  n = n + 1
  local first = (n * 7919 * {part}) % {size}
  wrk.headers["Authorization"] = "{token}"
  wrk.headers["Range"] = "bytes=" .. first .. "-" .. (first + {part} - 1)
  return wrk.format("GET", "{path}")
end
"""


async def measure(at: Addresses) -> dict[str, Any]:
    """`upload`: seconds until a file is stored, the median of five; `upload_memory_mb`: the growth of the process's
    peak; `range_p50_ms` and `range_p99_ms`: percentiles of the response time of a range of 64 KiB."""
    token = f"Bearer {(await tokens(at, 'secretariat'))[0]}"
    with tempfile.TemporaryDirectory() as folder:
        settings = {"ESCM_STORAGE_PATH": folder}
        with serving("services.actions.app:create_app", at, factory=True, **settings) as (address, pid):
            async with httpx.AsyncClient(base_url=address, headers={"Authorization": token}, timeout=60) as client:
                await _sent(client, _pdf(1 << 20))
                before = peak_memory_mb(pid)
                took = []
                for _ in range(_ROUNDS):
                    content = _pdf(_SIZE)
                    began = perf_counter()
                    path = await _sent(client, content)
                    took.append(perf_counter() - began)
                more = peak_memory_mb(pid) - before
            script = _RANGES.format(token=token, part=_PART, size=_SIZE - _PART, path=f"{path}/content")
            p50, p99 = latency(address, script, connections=8)
    return {
        "upload": alone(median(took), "s for 100 MiB", target="at most 2"),
        "upload_memory_mb": alone(more, "MB more", target="under 16"),
        "range_p50_ms": alone(p50, "ms"),
        "range_p99_ms": alone(p99, "ms", target="at most 20"),
    }


async def _sent(client: httpx.AsyncClient, content: bytes) -> str:
    """The address of the evidence with this content."""
    response = await client.post(
        "/actions/v1/evidence",
        files={"file": ("measured.pdf", content, "application/pdf")},
        data={"title": "Measurement", "country": "XA"},
        headers={"Idempotency-Key": str(uuid4())},
    )
    if response.is_error:
        raise RuntimeError(response.text)
    return str(response.json()["links"]["self"])


def _pdf(size: int) -> bytes:
    """Bytes that no other file has, with the signature of a PDF."""
    return b"%PDF-1.7\n" + os.urandom(size - 9)
