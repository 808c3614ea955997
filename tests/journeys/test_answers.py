"""Every item of every list, and each record by itself, is what the contract says: all fields declared, none of another
type, none missing, for whoever asks."""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from shared.web.fields import Page, RecordAnswer
from tests.support.documents import run_commands
from tests.support.running import Client

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_SERVICES = ("access", "actions", "centres", "membership")
_WITH_ROWS = {
    *("/access/v1/accounts", "/access/v1/clients", "/access/v1/grants", "/actions/v1/endorsements"),
    *("/actions/v1/correspondence", "/actions/v1/countries", "/actions/v1/frameworks", "/centres/v1/committees"),
    *("/centres/v1/seats", "/centres/v1/centres", "/centres/v1/terms", "/centres/v1/agreements"),
    *("/membership/v1/experts", "/membership/v1/institutions", "/membership/v1/affiliations", "/membership/v1/imports"),
}


def _answers() -> Iterator[tuple[str, type[BaseModel]]]:
    """The path and the model of every GET that answers a record or a page of them."""
    for service in _SERVICES:
        for route in import_module(f"services.{service}.app").create_app().routes:
            if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
                model = route.responses.get(200, {}).get("model")
                if isinstance(model, type) and issubclass(model, (Page, RecordAnswer)):
                    yield route.path, model


ANSWERS = dict(_answers())
LISTS = [path for path, model in ANSWERS.items() if issubclass(model, Page) and "{" not in path]


@pytest.fixture(scope="module")
def toured(running: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a system in which a country has gone the whole way."""
    run_commands("tour.md", running, tmp_path_factory.mktemp("tour"))
    return str(running["base_url"])


@pytest.fixture
def look(toured: str, running: dict[str, Any], who: str) -> Iterator[Callable[[str], httpx.Response]]:
    """Reads an address as somebody, or as nobody."""
    if not who:
        yield lambda path: httpx.get(f"{toured}{path}", trust_env=False)
        return
    client = Client(toured, running["demo"]["clients"][who])
    yield client.look
    client.close()


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("who", ["secretariat", "government_xa", ""])
def test_what_a_list_holds_is_what_the_contract_says(
    look: Callable[[str], httpx.Response], path: str, who: str
) -> None:
    answer = look(path)
    if answer.status_code != 200:
        assert answer.status_code == (403 if who else 401), answer.text
        return
    items = answer.json()["items"]
    assert items or who != "secretariat" or path not in _WITH_ROWS
    _check(ANSWERS[path], answer.content)
    one = next((each for each in ANSWERS if each.startswith(f"{path}/{{") and each.count("/") == 4), None)
    for item in items[:3] if one else ():
        single = look(f"{path}/{item.get('id') or item['code']}")
        assert single.status_code == 200, single.text
        _check(ANSWERS[one or ""], single.content)


def _check(model: type[BaseModel], content: bytes) -> None:
    assert _faults(model, content) == []
    answered = model.model_validate_json(content)
    for record in getattr(answered, "items", None) or [answered]:
        assert not record.model_extra, f"not declared: {sorted(record.model_extra)}"


def _faults(model: type[BaseModel], content: bytes) -> list[Any]:
    try:
        model.model_validate_json(content, strict=True)
    except ValidationError as error:
        return [fault for fault in error.errors() if not _is_day(fault)]
    return []


def _is_day(fault: Any) -> bool:
    """A day in the form of the contract, which a check that comes before hands on as text."""
    return fault["type"] == "date_type" and bool(_DAY.match(str(fault["input"])))
