"""What reasons, states and verbs are called is readable by everybody, and kept by whoever has read it."""

import httpx
import pytest

from shared.web.contract.vocabularies import NAMES, VOCABULARIES
from tests.access.caller import Caller

PATH = "/access/v1/vocabularies"


async def test_everybody_finds_all_vocabularies(caller: Caller) -> None:
    listed = (await caller.http.get(PATH)).json()
    assert listed["next"] is None
    assert [item["name"] for item in listed["items"]] == list(NAMES)
    for item in listed["items"]:
        found = (await caller.http.get(item["link"])).json()["items"]
        assert len(found) == item["terms"] == len(VOCABULARIES[item["name"]])


async def test_a_term_has_its_titles_in_six_languages(caller: Caller) -> None:
    terms = (await caller.http.get(f"{PATH}/states")).json()["items"]
    held = {term["resource"]: term for term in terms if term["code"] == "held"}
    assert held.keys() == {None, "membership.erasures"}
    assert held[None]["titles"] == {
        "en": "Held",
        "fr": "Tenu",
        "es": "Celebrado",
        "ar": "انعقد",
        "zh": "已举行",
        "ru": "Состоялось",
    }
    assert held[None]["page"] == "/vocabularies/states/held"
    assert held["membership.erasures"]["meaning"].startswith("The erasure waits")


@pytest.mark.parametrize("path", [PATH, *(f"{PATH}/{name}" for name in NAMES)])
async def test_a_vocabulary_is_sent_once_to_everybody(caller: Caller, path: str) -> None:
    whole = await caller.http.get(path)
    assert whole.headers["cache-control"] == "public, max-age=300"
    again = await caller.http.get(path, headers={"if-none-match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await caller.http.get(path, headers={"accept-language": "ar"})
    assert other.content == whole.content


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/nothing", 404, "not_found"), ("/states?language=fr", 400, "unknown_parameter")],
)
async def test_what_is_not_there_is_refused(caller: Caller, path: str, status: int, code: str) -> None:
    response: httpx.Response = await caller.http.get(f"{PATH}{path}")
    assert (response.status_code, response.json()["code"]) == (status, code)
