"""Every item of every list of the contract, and each record by itself, matches the contract: all fields declared, none
of another type, none missing, for every caller. No list stays empty."""

import asyncio
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from functools import partial
from importlib import import_module
from typing import Any

import asyncpg
import httpx
import jsonschema
import orjson
import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from deploy.matrix.contract import description
from shared.web.contract.sharing import opened
from shared.web.contract.vocabularies import VOCABULARIES
from tests.authorization.plain import body_of, plain_kinds
from tests.journeys.paths.calls import enter_results
from tests.journeys.paths.evaluations import enter_evaluation
from tests.journeys.paths.results import WORLDWIDE, enter_values
from tests.journeys.paths.reviews import enter_erratum
from tests.journeys.paths.world import World
from tests.support.documents import run_commands
from tests.support.everything import COUNTRY, enter_everything
from tests.support.providers import CLIENT, link, serving_provider
from tests.support.recorded import (
    IS_RECORDING,
    differences,
    examples_of,
    fullest,
    items_of,
    record,
)
from tests.support.running import Client, Person, eventually, system

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_SERVICES = ("access", "actions", "centres", "membership", "portal")
_PARENTS = 100
"""Records whose own lists are read: the newest, or the oldest accounts."""
_ORDERS = {
    "/access/v1/accounts": "&sort=id",
    **{f"/{service}/v1/imports": "" for service in ("membership", "centres", "actions")},
}
"""The accounts of the demo have what is looked for, and other tests enter more than 100 after them. Lists of imports
have one order."""
Look = Callable[[str], httpx.Response]


def _response_models() -> Iterator[tuple[str, type[BaseModel]]]:
    """The path and the model of every GET of the contract that answers JSON."""
    for service in _SERVICES:
        app = import_module(f"services.{service}.app").create_app()
        described = {path for path, item in description(service)["paths"].items() if "get" in item}
        for route in app.routes:
            if isinstance(route, APIRoute) and "GET" in (route.methods or ()) and route.path_format in described:
                model = route.responses.get(200, {}).get("model") or route.response_model
                if isinstance(model, type) and issubclass(model, BaseModel):
                    yield route.path_format, model


RESPONSE_MODELS = dict(_response_models())
LISTS = sorted(path for path, model in RESPONSE_MODELS.items() if "items" in model.model_fields)
_QUERIES = {
    "/membership/v1/institutions/match": "?affiliation=University+of+the+Delta",
    "/centres/v1/statistics": "?figure=staff",
    "/search": "?q=Delta",
    "/actions/v1/assessments/comparison": f"?country={COUNTRY}",
    "/actions/v1/timeline": f"?country={COUNTRY}",
    "/actions/v1/statistics/values": f"?indicator={WORLDWIDE}",
}
_RETIRING = "/access/v1/clients/{record}/deprecations"
_WRITTEN_LATER = "/access/v1/clients/{record}/usage"
_PROSPECTS = """
UPDATE escm.member_expert SET status_since = now() - interval '2 days' WHERE status = 'prospect' AND country = $1
"""
_WHOLE, _ANY = "/openapi.json", "/docs/validation.json"
_FIELDS = {"$ref": "#/components/parameters/fields"}
_JSON = {"Accept": "application/json"}
_READERS = ("secretariat", "auditor", "admin")
"""Together they read everything: a client, one that reads everything everywhere, a person with sessions."""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """A system of its own with a country at the highest stage, and another with a record of every kind."""
    with system() as (stack, folder):
        running = {**stack, "folder": str(folder)}
        _fill(running, tmp_path_factory)
        yield running


def _fill(running: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    run_commands("tour.md", running, tmp_path_factory.mktemp("tour"))
    accounts = running["demo"]["accounts"]
    by = Client(running["base_url"], running["demo"]["clients"]["secretariat"])
    admin = Person(running["base_url"], accounts["admin"])
    with closing(by), closing(admin):
        enter_everything(by, admin, accounts)
        _enter_providers(admin, accounts)
        with closing(World(running)) as world:
            enter_results(world)
            enter_evaluation(world)
            enter_erratum(world)
            enter_values(world)
        eventually(lambda: by.get("/membership/v1/affiliations")["items"])
        with closing(Client(running["base_url"], running["demo"]["clients"]["auditor"])) as auditor:
            _enter_others(by, (by, auditor, admin))
    asyncio.run(_let_prospects_wait(running["database_url"]))


def _enter_providers(admin: Person, accounts: dict[str, Any]) -> None:
    """An identity provider at which the administrator signs in, and one whose activation waits for a second person."""
    second = Person(admin.base_url, accounts["admin2"])
    with serving_provider() as waiting, serving_provider() as fake, closing(second):
        for number, each in enumerate((waiting, fake)):
            body = {"code": f"ministry-{number}", "titles": {"en": "Ministry"}, "issuer": each.url, "client_id": CLIENT}
            place = admin.create("/access/v1/identity_providers", body)["links"]["self"]
            admin.step(place, "test")
            proposed = admin.try_step(place, "activate").json()["links"]["self"]
        assert second.send("POST", proposed, json={"decision": "confirm"}).status_code == 200
        link(admin.base_url, fake, body["code"], admin.login["username"], admin.login["password"])


def _enter_others(by: Client, readers: Collection[Client | Person]) -> None:
    """A record of each kind that nobody has entered, for which any valid body does."""
    for each in plain_kinds():
        if not any(reader.get(each.path, limit=1)["items"] for reader in readers):
            by.create(each.path, body_of(each, COUNTRY, "Peatlands", lambda at: str(by.get(at)["items"][0]["id"])))


async def _let_prospects_wait(database_url: str) -> None:
    """Prospects have been in their state for two days, so that a draft of a retention rule takes them."""
    connection = await asyncpg.connect(database_url)
    await connection.execute(_PROSPECTS, COUNTRY)
    await connection.close()


@pytest.fixture(scope="module")
def readers(full: dict[str, Any]) -> Iterator[dict[str, Look]]:
    """Reads an address as a client, a person or anonymously, by name."""
    names = ("secretariat", "auditor", "government_xa")
    clients: dict[str, Client | Person] = {
        name: Client(full["base_url"], full["demo"]["clients"][name]) for name in names
    }
    clients["admin"] = Person(full["base_url"], full["demo"]["accounts"]["admin"])
    nobody = httpx.Client(base_url=full["base_url"], headers=_JSON, trust_env=False, timeout=60)
    yield {"": nobody.get, **{name: partial(client.send, "GET", headers=_JSON) for name, client in clients.items()}}
    nobody.close()
    for client in clients.values():
        client.close()


def test_the_contract_has_these_lists_and_no_model_is_missing(full: dict[str, Any]) -> None:
    document = httpx.get(f"{full['base_url']}/openapi.json", trust_env=False, timeout=60).json()
    schemas = document["components"]["schemas"]
    found = set()
    for path, item in document["paths"].items():
        content = opened(document, item.get("get", {}).get("responses", {}).get("200", {})).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        resolved = schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
        if "items" in resolved.get("properties", {}):
            found.add(path)
    assert found == set(LISTS)
    assert len(LISTS) > 45


@pytest.mark.parametrize("path", LISTS)
def test_every_list_of_the_contract_has_items_and_each_is_what_it_says(readers: dict[str, Look], path: str) -> None:
    """What nobody can fill or read is not in the contract. Nobody calls what retires while nothing does. Processes
    write what they counted some time later."""

    def count() -> dict[str, int] | None:
        found = {name: _checked(readers[name], path) for name in _READERS}
        return found if path != _WRITTEN_LATER or max(found.values()) else None

    counted = eventually(count)
    assert (max(counted.values()) > 0) is (path != _RETIRING), f"found: {counted}"


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("who", ["government_xa", ""])
def test_what_others_are_shown_of_a_list_is_what_it_says(readers: dict[str, Look], path: str, who: str) -> None:
    _checked(readers[who], path)


@pytest.fixture(scope="module")
def contracts(full: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The contract as clients read it, and as validators do, by address."""
    base = full["base_url"]
    return {address: httpx.get(f"{base}{address}", trust_env=False, timeout=60).json() for address in (_WHOLE, _ANY)}


@pytest.mark.parametrize("path", LISTS)
def test_a_validator_accepts_a_list_and_an_item_with_and_without_fields(
    readers: dict[str, Look], contracts: dict[str, dict[str, Any]], path: str
) -> None:
    """A selection has the members that it names and `id`, each as the whole record has it."""
    found = next(_filled(readers, path), None)
    if found is None:
        assert path in (_RETIRING, _WRITTEN_LATER)
        return
    look, address, items = found
    whole, own = contracts[_WHOLE]["paths"], items[0].get("links", {}).get("self", "")
    places = [(path, address)]
    if own.rpartition("/")[0] == address.partition("?")[0]:
        places += [
            (one, own) for one in whole if re.fullmatch(re.escape(path) + r"/\{\w+\}", one) and "get" in whole[one]
        ]
    for place, at in places:
        _accept(contracts[_WHOLE], place, look(at))
        if _FIELDS not in whole[place]["get"].get("parameters", ()):
            continue
        for chosen in (sorted(items[0])[::2], sorted(items[0])[1::2]):
            selected = look(f"{at}{'&' if '?' in at else '?'}fields={','.join(chosen)}")
            _accept(contracts[_ANY], place, selected)
            records = selected.json()["items"] if place == path else [selected.json()]
            assert {name for record in records for name in record} == {*chosen, *({"id"} & items[0].keys())}


def _filled(readers: dict[str, Look], path: str) -> Iterator[tuple[Look, str, list[dict[str, Any]]]]:
    """Who finds items of a list, its address, and the items."""
    for look in (readers[name] for name in _READERS):
        for address in _addresses(look, path):
            response = look(address)
            if response.status_code == 200 and (items := response.json()["items"]):
                yield look, address, items


def _accept(contract: dict[str, Any], path: str, response: httpx.Response) -> None:
    assert response.status_code == 200, response.text
    said = opened(contract, contract["paths"][path]["get"]["responses"]["200"])["content"]["application/json"]
    validator = jsonschema.Draft202012Validator({"components": contract["components"], **said["schema"]})
    faults = [f"{fault.json_path}: {fault.message[:200]}" for fault in validator.iter_errors(response.json())]
    assert not faults, f"{path}: {faults}"


@pytest.mark.parametrize("who", [*_READERS, "government_xa", ""])
def test_a_country_is_what_the_contract_says(readers: dict[str, Look], who: str) -> None:
    for code in (COUNTRY, "XC", "PK"):
        response = readers[who](f"/actions/v1/countries/{code}")
        assert response.status_code == 200, response.text
        _check(RESPONSE_MODELS["/actions/v1/countries/{code}"], response.content)


def test_the_recorded_examples_have_the_shape_of_responses(readers: dict[str, Look]) -> None:
    """Each resource has one real response in the contract, which drifts from none of today."""
    drifted: dict[tuple[str, str], list[str]] = {}
    for (service, name), path in items_of(RESPONSE_MODELS).items():
        taken = _taken(readers, path)
        examples = examples_of(service)
        if not (found := differences(examples.get(name), taken)):
            continue
        drifted[service, name] = found
        if IS_RECORDING:
            record(service, {**examples, name: taken})
    assert IS_RECORDING or drifted == {}, "record them again, see tests/support/recorded.py"


def _taken(readers: dict[str, Look], path: str) -> dict[str, Any]:
    """One response at the address of an item, by the first reader who finds any."""
    above = path.rpartition("/")[0]
    for name in _READERS:
        look = readers[name]
        if (item := fullest(look, _addresses(look, above))) is not None:
            response = look(item["links"]["self"])
            assert response.status_code == 200, response.text
            _check(RESPONSE_MODELS[path], response.content)
            return dict(response.json())
    raise AssertionError(f"nobody finds anything at {above}")


def _checked(look: Look, path: str) -> int:
    """The number of items that a reader found, all of them checked, with single reads of the first three records."""
    count = 0
    for address in _addresses(look, path):
        response = look(address)
        if response.status_code != 200:
            assert response.status_code in (401, 403, 404), response.text
            continue
        _check(RESPONSE_MODELS[path], response.content)
        items = response.json()["items"]
        count += len(items)
        one = next((each for each in RESPONSE_MODELS if re.fullmatch(re.escape(path) + r"/\{\w+\}", each)), None)
        for item in items[:3] if one else ():
            key = next(item[name] for name in ("id", "code", "name", "number") if name in item)
            single = look(f"{address.partition('?')[0]}/{key}")
            assert single.status_code == 200, single.text
            _check(RESPONSE_MODELS[one or ""], single.content)
    return count


def _addresses(look: Look, path: str) -> Iterator[str]:
    """The address of a list, or of this list of each record or vocabulary."""
    if "{vocabulary}" in path:
        yield from (path.replace("{vocabulary}", name) for name in VOCABULARIES)
        return
    if "{record}" not in path:
        yield f"{path}{_QUERIES.get(path, '')}"
        return
    above, _, below = path.partition("/{record}")
    response = look(f"{above}?limit={_PARENTS}{_ORDERS.get(above, '&sort=-id')}")
    for parent in response.json()["items"] if response.status_code == 200 else ():
        yield f"{above}/{parent['id']}{below}"


def _check(model: type[BaseModel], content: bytes) -> None:
    assert _faults(model, content) == []
    assert list(_undeclared(orjson.loads(content), model.model_validate_json(content), "")) == []


def _undeclared(raw: Any, value: Any, place: str) -> Iterator[str]:
    """Where the response has members that its model does not declare, at any depth."""
    if isinstance(value, BaseModel):
        fields = {field.alias or name: name for name, field in type(value).model_fields.items()}
        yield from (f"{place}/{name}" for name in raw.keys() - fields.keys())
        for alias in raw.keys() & fields.keys():
            yield from _undeclared(raw[alias], getattr(value, fields[alias]), f"{place}/{alias}")
    elif isinstance(value, list):
        for number, (each, shown) in enumerate(zip(raw, value, strict=True)):
            yield from _undeclared(each, shown, f"{place}/{number}")


def _faults(model: type[BaseModel], content: bytes) -> list[Any]:
    try:
        model.model_validate_json(content, strict=True)
    except ValidationError as error:
        return [fault for fault in error.errors() if not _is_day(fault)]
    return []


def _is_day(fault: Any) -> bool:
    """A day in the form of the contract, which an earlier check passes on as text."""
    return fault["type"] == "date_type" and bool(_DAY.match(str(fault["input"])))
