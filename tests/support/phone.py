"""The phone of a person who signs in on a device without a browser: they enter the code that it shows."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.support.running import eventually
from tests.support.signing_in import Visitor

_SHOWN = re.compile(r"(/access/device)\nEnter the code ([A-Z]{4}-[A-Z]{4})")


def enter_shown_code(said: Path, person: Mapping[str, str]) -> None:
    """Waits until the device has written its code into the file, and allows it as the person with `ID` and `SECRET` at
    `BASE`."""
    shown = eventually(lambda: _SHOWN.search(said.read_text()))
    asyncio.run(_allow(shown[1], shown[2], person))


async def _allow(page: str, code: str, person: Mapping[str, str]) -> None:
    async with httpx.AsyncClient(base_url=person["BASE"], trust_env=False) as http:
        visitor = Visitor(http, person["ID"], person["SECRET"])
        back = await visitor.follow(await visitor.sign_in(await visitor.follow(await visitor.get(page))))
        form = await visitor.follow(await visitor.get(str(httpx.URL(back.headers["location"]).raw_path, "ascii")))
        asked = await visitor.fill(form, {"user_code": code})
        await visitor.fill(asked, {"user_code": code, "decision": "allow"})
