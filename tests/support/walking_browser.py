"""`python -m tests.support.walking_browser EMAIL PASSWORD ADDRESS`: a browser in which a person signs in."""

import asyncio
import sys
from urllib.parse import urlsplit

import httpx

from tests.support.signing_in import Visitor


async def walk(email: str, password: str, address: str) -> None:
    """Signs in, and follows the redirect to the program that waits for it."""
    parts = urlsplit(address)
    async with httpx.AsyncClient(base_url=f"{parts.scheme}://{parts.netloc}", trust_env=False) as http:
        visitor = Visitor(http, email, password)
        page = await visitor.follow(await visitor.get(f"{parts.path}?{parts.query}"))
        back = await visitor.follow(await visitor.sign_in(page))
        await http.get(back.headers["location"])


if __name__ == "__main__":
    asyncio.run(walk(*sys.argv[1:]))
