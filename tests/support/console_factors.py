"""People who sign in to the console with a second factor."""

from datetime import UTC, datetime

import pyotp

from tests.support.console import Browser, ConsoleSystem
from tests.support.console_api import ConsoleApi

_FACTORS = "/access/v1/factors"


async def with_second_factor(console: ConsoleSystem, known: Browser) -> Browser:
    """Another browser of a person, at which they signed in with a password and the code of an app."""
    api = ConsoleApi(console, known)
    factor = await api.create(_FACTORS, {"kind": "totp", "name": "My phone"})
    app, present = pyotp.TOTP(factor["secret"]), int(datetime.now(UTC).timestamp()) // 30
    await api.step(f"{_FACTORS}/{factor['id']}", "confirm", code=app.generate_otp(present - 1))
    browser = console.browser(known.email, known.password)
    page = await browser.open("/console/")
    page = await browser.follow(await browser.fill(page, code=app.generate_otp(present)))
    assert "/console/" in str(page.url), page.text
    return browser
