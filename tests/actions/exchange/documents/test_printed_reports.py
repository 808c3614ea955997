"""A published report as PDF: the answers to public questions and the public results, as they were submitted."""

import asyncio
import io

import asyncpg
import httpx
import pytest
from pypdf import PdfReader

from tests.actions.programme import action, approved, framework, steps
from tests.support.callers import Caller
from tests.support.progress import Reporting, period, publish, question, section, template, write
from tests.support.results import active_indicator, published, result

PATH = "/actions/v1/open_data/reports"
_SCALE = [{"code": "well", "titles": {"en": "Going well", "zh": "进展顺利", "ar": "يسير"}}]


async def _printed(by: Caller, ref: str, language: str = "en") -> httpx.Response:
    """The response, as soon as the document is no longer being printed."""
    address = f"{PATH}/{ref}.pdf?language={language}"
    response = await by.get(address)
    async with asyncio.timeout(120):
        while response.status_code == 202:
            await asyncio.sleep(0.05)
            response = await by.get(address)
    return response


def _text(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages).split())


@pytest.mark.long("prints in several languages")
@pytest.mark.usefixtures("worker")
async def test_a_public_report_is_printed_with_what_everybody_may_know(
    secretariat: Caller, admin: Caller, anonymous: Caller, superuser: asyncpg.Connection
) -> None:
    author = secretariat.known_as("author_xb")
    code = await framework(secretariat)
    asked = (
        section("summary", question("achieved", public=True), question("doubts")),
        section("works", question("state", "choice", choices=_SCALE, public=True, required=False), repeat="action"),
    )
    await template(admin, code, asked)
    plan = await approved(secretariat, superuser, "XB", visibility="public", framework=code)
    begun = Reporting(author, code, plan[-36:], await period(admin, code))
    work = (await action(secretariat, plan, "action-1", titles={"en": "Restored wetlands"}))[-36:]
    await steps(secretariat, f"/actions/v1/actions/{work}", "approve")
    measured = await active_indicator(admin, framework=code, titles={"en": "Area of wetlands"})
    about = {"indicator_id": measured, "period_id": begun.period_id, "country": "XB", "method": "measured"}
    value = await result(author, {**about, "value": "12.50"})
    assert (await admin.change(value, visibility="public")).status_code == 200
    await published(author, value, "xb")
    path = await begun.report()
    await write(author, path, "summary", achieved="Twelve stations.", doubts="A secret of the ministry")
    await write(author, path, f"works/{work}", state="well")
    submitted = await author.step(path, "submit")
    assert submitted.status_code == 200, submitted.text
    await publish(author, path, visibility="network")
    ref = submitted.json()["ref"]
    assert (await anonymous.get(f"{PATH}/{ref}.pdf")).status_code == 404, "it is of the network"
    assert (await admin.change(path, visibility="public")).status_code == 200
    text = _text(await _printed(anonymous, ref))
    assert [
        word for word in ("Twelve stations.", "Going well", "12.50", "Area of wetlands", ref) if word not in text
    ] == []
    assert "secret" not in text
    assert "进展顺利" in _text(await _printed(anonymous, ref, "zh"))
    assert "يسير" in _text(await _printed(anonymous, ref, "ar"))
    assert (await anonymous.get(f"{PATH}/{ref}.pdf?language=de")).status_code == 400
    assert (await anonymous.get(f"{PATH}/PRR-0.pdf")).status_code == 404
