"""What is written into any field of any form of the console stays text on every page that says it again."""

from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from services.portal.console.describing.resources import SERVICES, kinds
from tests.support.console import Browser, ConsoleSystem, form_of
from tests.support.console_forms import inputs

_CORPUS = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</textarea></title></option></select><svg onload=alert(1)>",
    "javascript:alert(1)",
    '" autofocus onfocus="alert(1)" x="',
)
_ATTACK = " ".join(_CORPUS)
_NEVER = frozenset(("script", "img", "svg", "iframe", "object", "embed", "x"))
_OWN = ("form_token", "form_key")


class _Page(HTMLParser):
    """Finds elements that no page of the console has, handlers, and addresses that run something."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wrong = [name for name, _ in attrs if name.startswith("on")]
        places = [value for name, value in attrs if name in ("href", "src", "action", "formaction") and value]
        if tag in _NEVER or wrong or any(":" in place.split("?")[0].split("/")[0] for place in places):
            self.found.append(f"{tag} {attrs}")


def _wrong(text: str) -> list[str]:
    page = _Page()
    page.feed(text)
    return [one for one in page.found if "http" not in one]


@pytest.fixture(scope="module")
async def admin(console: ConsoleSystem) -> Browser:
    found = await console.person(("secretariat_admin", "global", None))
    await found.open("/console/")
    return found


@pytest.mark.long("fills in every field of the form of every kind of record")
@pytest.mark.parametrize("service", SERVICES)
async def test_every_field_of_every_form_says_a_hostile_text_as_text(admin: Browser, service: str) -> None:
    said = 0
    for kind in (one for one in kinds().values() if one.service == service and one.creation is not None):
        page = await admin.get(f"{kind.page}/new")
        action, hidden = form_of(page)
        hostile = {name: _ATTACK for name in inputs(page) if name not in _OWN}
        sent = await admin.post(action, {**hidden, **hostile})
        assert sent.status_code in (303, 400, 422), (kind.name, sent.status_code)
        assert _wrong(sent.text) == [], kind.name
        said += sent.text.count("&lt;script&gt;")
    assert said > 0


@pytest.mark.long("opens the list of every kind of record")
async def test_filters_and_addresses_say_a_hostile_text_as_text(admin: Browser) -> None:
    for kind in kinds().values():
        named = [field.name for field in kind.filters if field.kind == "text"][:3]
        page = await admin.get(f"{kind.page}?{urlencode(dict.fromkeys((*named, 'q'), _ATTACK))}")
        assert page.status_code in (200, 400), kind.name
        assert _wrong(page.text) == [], kind.name


@pytest.mark.parametrize("attack", _CORPUS)
@pytest.mark.parametrize(
    "path", ["/console/", "/console/countries", "/console/reporting/2025", "/console/audit", "/console/imports/new"]
)
async def test_no_parameter_of_a_page_becomes_markup(admin: Browser, path: str, attack: str) -> None:
    given = dict.fromkeys(("kind", "cursor", "code", "subject", "actor", "after", "done", "to"), attack)
    page = await admin.get(f"{path}?{urlencode(given)}")
    assert page.status_code < 500, page.text
    assert _wrong(page.text) == []
