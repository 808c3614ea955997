"""Builders of editions of schemes."""

from random import choices
from string import ascii_lowercase
from typing import Any

from tests.support.callers import Caller

SCHEMES = "/actions/v1/schemes"


def code(value: str, **more: Any) -> dict[str, Any]:
    return {"code": value, "titles": {"en": f"Code {value}"}, **more}


async def draft(by: Caller, *codes: dict[str, Any], **more: Any) -> str:
    """The address of a draft of a new scheme with these codes."""
    name = "".join(choices(ascii_lowercase, k=12))
    body = {"code": name, "edition": "1", "titles": {"en": "Soils"}, "source": "https://example.org/soils", **more}
    made = await by.post(SCHEMES, body)
    assert made.status_code == 201, made.text
    path: str = made.json()["links"]["self"]
    if codes:
        stored = await by.post(f"{path}/codes", list(codes))
        assert stored.status_code == 201, stored.text
    return path


async def current(by: Caller, *codes: dict[str, Any], **more: Any) -> str:
    """The address of a published edition with these codes."""
    path = await draft(by, *codes, **more)
    assert (await by.step(path, "publish")).status_code == 200
    return path


async def every_code(by: Caller, path: str, query: str = "") -> list[dict[str, Any]]:
    """The codes of an edition, of all pages."""
    return await by.everything(f"{path}/codes?limit=200{query}")
