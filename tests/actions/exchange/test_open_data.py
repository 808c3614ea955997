"""Open data as files: public fields of published rows, alike in four formats, from one snapshot."""

import asyncio
import csv
import io
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest
from python_calamine import CalamineWorkbook

from services.actions.exchange.open_data.datasets import DATASETS
from shared.open_data.domain import FORMATS
from tests.actions.neighbours import change, enter
from tests.actions.programme import action, approved, milestone, steps
from tests.support.assessments import assessment, pass_reply_time
from tests.support.callers import Caller
from tests.support.evidence import evidence
from tests.support.progress import REPORTS, publish, question, section, template, write
from tests.support.results import TARGETS, active_indicator, id_of, open_period, published, result

PATH = "/actions/v1/open_data"
COUNTRY = "XB"
_FORMULA = "=HYPERLINK(1)"
_MANY = """
INSERT INTO action_action (id, version, status, country, visibility, created_at, created_by, updated_at, updated_by,
    programme_id, pillar, kind, titles, participants, tags, search_key)
SELECT uuidv7(), 1, 'planned', $2, 'public', now(), 'x', now(), 'x', $1, 'core', 'action', '{"en": "0"}', '[]', '[]', ''
FROM generate_series(1, $3) RETURNING id
"""
_WRITE = """
UPDATE action_action SET titles = jsonb_build_object('en', $2::text), version = version + 1 WHERE id = ANY($1)
"""


async def _rows(by: Caller, name: str, file_format: str, **query: str) -> dict[str, dict[str, Any]]:
    """The rows of a file by id: texts in CSV and XLSX, JSON otherwise."""
    response = await by.get(f"{PATH}/{name}.{file_format}", params=query)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == FORMATS[file_format]
    match file_format:
        case "csv":
            rows = list(csv.DictReader(io.StringIO(response.content.decode())))
        case "ndjson":
            rows = [orjson.loads(line) for line in response.content.splitlines()]
        case "xlsx":
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0)
            headings, *cells = sheet.to_python()
            rows = [dict(zip(headings, line, strict=True)) for line in cells]
        case _:
            rows = [{**one, "id": one["@id"].rpartition(f"/{name}/")[2]} for one in response.json()["schema:hasPart"]]
    found = {row["id"]: row for row in rows}
    assert len(found) == len(rows)
    return found


async def _published(by: Caller, superuser: asyncpg.Connection, **more: Any) -> tuple[str, str, str]:
    """The paths of a public programme, of a planned action and of its milestone."""
    plan = await approved(by, superuser, COUNTRY, visibility="public")
    path = await action(by, plan, "core", **more)
    await steps(by, path, "approve")
    return plan, path, await milestone(by, path)


async def _institution(superuser: asyncpg.Connection, **more: Any) -> UUID:
    values = {"country": COUNTRY, "status": "verified", "display_name": "University of the Delta", **more}
    return await enter(superuser, "member_institution", ref=f"INS-{uuid4().hex[:12]}", **values)


@pytest.fixture
async def rows(secretariat: Caller, admin: Caller, superuser: asyncpg.Connection) -> dict[str, Any]:
    """The ids of a public row of each kind; `plan`, the path of the programme."""
    plan, path, step = await _published(
        secretariat, superuser, titles={"en": _FORMULA}, budget={"amount": 12345, "currency": "EUR"}
    )
    framework = (await secretariat.get(plan)).json()["framework"]
    period = await open_period(admin, framework=framework)
    measured = await active_indicator(admin, framework=framework)
    author = secretariat.known_as("author_xb")
    about = {"indicator_id": measured, "period_id": period["id"], "country": COUNTRY}
    goal = await author.known_as("government_xb").post(TARGETS, {**about, "value": "20.50", "visibility": "public"})
    assert goal.status_code == 201, goal.text
    value = await result(author, {**about, "method": "measured", "value": "12.50"})
    assert (await admin.change(value, visibility="public")).status_code == 200
    await published(author, value, "xb")
    return {
        "plan": plan,
        "programmes": id_of(plan),
        "actions": id_of(path),
        "milestones": id_of(step),
        "indicators": measured,
        "targets": goal.json()["id"],
        "results": id_of(value),
        "reports": await _report(author, framework, id_of(plan), period["id"]),
        "assessments": await _assessment(admin, superuser, id_of(path), period["id"]),
        "codes": "sdg/2015/15.3",
    }


async def _report(by: Caller, framework: str, plan: str, period: str) -> str:
    """The id of a public report whose template has a public question and another."""
    asked = [section("summary", question("achieved", public=True), question("doubts"))]
    await template(by, framework, asked)
    made = await by.post(REPORTS, {"programme_id": plan, "period_id": period})
    assert made.status_code == 201, made.text
    path = made.json()["links"]["self"]
    await write(by, path, "summary", achieved="Twelve stations.", doubts="A secret of the ministry")
    assert (await by.step(path, "submit")).status_code == 200
    await publish(by, path)
    assert (await by.known_as("admin").change(path, visibility="public")).status_code == 200
    return id_of(path)


async def _assessment(admin: Caller, superuser: asyncpg.Connection, work: str, period: str) -> str:
    """The id of a public assessment of an action."""
    path = await assessment(admin, "action", work, period, visibility="public")
    await steps(admin, path, "submit")
    await pass_reply_time(superuser, path)
    await steps(admin, path, "publish")
    return id_of(path)


@pytest.mark.parametrize("file_format", FORMATS)
async def test_a_report_shows_the_answers_to_public_questions_alone(
    anonymous: Caller, rows: dict[str, Any], file_format: str
) -> None:
    sections = (await _rows(anonymous, "reports", file_format, country=COUNTRY))[rows["reports"]]["sections"]
    shown = orjson.loads(sections) if file_format in ("csv", "xlsx") else sections
    assert shown == [{"key": "summary", "item": None, "answers": {"achieved": "Twelve stations."}}]


@pytest.mark.parametrize("file_format", FORMATS)
async def test_each_dataset_is_a_file_in_each_format(anonymous: Caller, rows: dict[str, Any], file_format: str) -> None:
    for name, dataset in DATASETS.items():
        found = (await _rows(anonymous, name, file_format)).get(rows[name])
        assert found is not None, name
        if file_format != "jsonld":
            assert set(found) == set(dataset.columns), name
    value = (await _rows(anonymous, "results", file_format, country=COUNTRY))[rows["results"]]
    assert (value["value"], value["status"]) == ("12.50", "published")
    shown = (await _rows(anonymous, "actions", file_format, country=COUNTRY))[rows["actions"]]
    assert not {"budget", "created_by", "previous_status", "search_key"} & set(shown)
    titles = {"en": _FORMULA}
    assert (orjson.loads(shown["titles"]) if file_format in ("csv", "xlsx") else shown["titles"]) == titles


async def test_other_names_formats_and_parameters_are_refused(anonymous: Caller) -> None:
    for path in ("actions.xml", "frameworks.csv", "accounts.ndjson", "actions", "documents/x"):
        assert (await anonymous.get(f"{PATH}/{path}")).status_code == 404, path
    for query, code in (("country=QQ", "invalid_parameter"), ("limit=1", "unknown_parameter")):
        refused = await anonymous.get(f"{PATH}/actions.csv?{query}")
        assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert (await anonymous.get(f"{PATH}/codes.csv?country=XB")).status_code == 400
    assert (await anonymous.get(f"{PATH}/actions.csv?country=AQ")).text.count("\n") == 1


async def test_the_list_has_the_address_of_each_file(anonymous: Caller) -> None:
    response = await anonymous.get(PATH)
    items = response.json()["items"]
    assert [each["name"] for each in items] == list(DATASETS)
    addresses = [file["url"] for each in items for file in each["files"]]
    assert len(set(addresses)) == len(DATASETS) * len(FORMATS)
    for address in addresses:
        assert (await anonymous.get(address)).status_code == 200, address


@pytest.mark.parametrize("file_format", FORMATS)
async def test_a_file_that_is_known_is_not_sent_again(
    secretariat: Caller, anonymous: Caller, rows: dict[str, Any], file_format: str
) -> None:
    address = f"{PATH}/programmes.{file_format}?country={COUNTRY}"
    first = await anonymous.get(address)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "public, max-age=300"
    assert first.headers["content-disposition"] == f'inline; filename="programmes.{file_format}"'
    assert (await secretariat.get(address)).content == first.content, "a token shows nothing more"
    for given in (tag, f"W/{tag}", f'"x", {tag}'):
        known = await anonymous.get(address, headers={"If-None-Match": given})
        assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", tag)
    await steps(secretariat, rows["plan"], "discontinue", reason="Another plan")
    changed = await anonymous.get(address, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.headers["etag"] != tag) == (200, True)


async def test_a_file_is_another_one_when_what_it_refers_to_is_hidden(
    secretariat: Caller, anonymous: Caller, superuser: asyncpg.Connection
) -> None:
    host = await _institution(superuser)
    hidden = await _institution(superuser, visibility="restricted")
    taking_part = [{"institution_id": str(one), "role": 4} for one in (host, hidden)]
    centre = await enter(superuser, "centre_centre", country=COUNTRY, status="active")
    plan, path, step = await _published(secretariat, superuser, participants=taking_part)
    await change(superuser, "action_programme", UUID(id_of(plan)), centre_id=centre)

    async def shown() -> tuple[str | None, list[str]]:
        whole = (await _rows(anonymous, "programmes", "ndjson", country=COUNTRY))[id_of(plan)]
        one = (await _rows(anonymous, "actions", "ndjson", country=COUNTRY))[id_of(path)]
        return whole["centre_id"], [each["institution_id"] for each in one["participants"]]

    async def tags() -> list[str]:
        names = ("programmes", "actions", "milestones")
        return [(await anonymous.get(f"{PATH}/{name}.csv?country={COUNTRY}")).headers["etag"] for name in names]

    assert await shown() == (str(centre), [str(host)])
    before = await tags()
    await change(superuser, "member_institution", host, visibility="restricted")
    await change(superuser, "centre_centre", centre, visibility="restricted")
    assert await shown() == (None, [])
    after = await tags()
    assert [old != new for old, new in zip(before, after, strict=True)] == [True, True, False]
    assert (await secretariat.change(plan, visibility="network")).status_code == 200
    assert id_of(path) not in await _rows(anonymous, "actions", "csv")
    assert id_of(step) not in await _rows(anonymous, "milestones", "csv")
    assert [old != new for old, new in zip(after, await tags(), strict=True)] == [True, True, True]


async def test_rows_of_what_is_not_public_are_left_out(
    secretariat: Caller, anonymous: Caller, rows: dict[str, Any], superuser: asyncpg.Connection
) -> None:
    proposed = await action(secretariat, rows["plan"], "core")
    of_proposed = await milestone(secretariat, proposed)
    assert id_of(proposed) not in await _rows(anonymous, "actions", "ndjson")
    assert id_of(of_proposed) not in await _rows(anonymous, "milestones", "ndjson")
    await change(superuser, "action_indicator", UUID(rows["indicators"]), visibility="network")
    for name in ("indicators", "targets", "results"):
        assert rows[name] not in await _rows(anonymous, name, "ndjson"), name


async def test_cells_are_no_formulas(anonymous: Caller, superuser: asyncpg.Connection, rows: dict[str, Any]) -> None:
    await change(superuser, "action_target", UUID(rows["targets"]), comment=_FORMULA)
    cell = (await _rows(anonymous, "targets", "csv"))[rows["targets"]]["comment"]
    assert cell == f"'{_FORMULA}"
    assert (await _rows(anonymous, "targets", "xlsx"))[rows["targets"]]["comment"] == _FORMULA, "text, no formula"


async def test_a_text_that_is_too_long_for_a_sheet_is_cut(
    anonymous: Caller, superuser: asyncpg.Connection, rows: dict[str, Any]
) -> None:
    await change(superuser, "action_target", UUID(rows["targets"]), comment="x" * 40_000)
    cell = (await _rows(anonymous, "targets", "xlsx"))[rows["targets"]]["comment"]
    assert (len(cell), cell[-1]) == (32_767, "…")


async def test_linked_data_say_what_each_term_is(anonymous: Caller, rows: dict[str, Any]) -> None:
    document = (await anonymous.get(f"{PATH}/results.jsonld")).json()
    context = document["@context"]
    assert document["@type"] == ["dcat:Dataset", "schema:Dataset"]
    assert document["@id"].endswith(f"{PATH}/results")
    one = next(each for each in document["schema:hasPart"] if each["@id"].endswith(rows["results"]))
    assert one["indicator_id"].endswith(f"/actions/v1/indicators/{rows['indicators']}")
    assert context["indicator_id"]["@type"] == "@id"
    assert context["value"]["@type"] == "xsd:decimal"
    assert context["breakdown"]["@type"] == "@json"
    for name, value in one.items():
        assert name.startswith("@") or name in context, name
        assert value is not None
    for prefix in (context[name]["@id"].partition(":")[0] for name in one if not name.startswith("@")):
        assert prefix in ("https", "http", *context)


@pytest.mark.long("writes while it reads")
async def test_a_file_during_writes_is_one_snapshot(
    secretariat: Caller, anonymous: Caller, superuser: asyncpg.Connection, database_url: str
) -> None:
    plan, _, _ = await _published(secretariat, superuser)
    plan_id = UUID(id_of(plan))
    keys = [row["id"] for row in await superuser.fetch(_MANY, plan_id, COUNTRY, 1_100)]
    writer = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})

    async def write() -> None:
        """1,000 writes, every fiftieth of all rows."""
        for number in range(1, 1_001):
            await writer.execute(_WRITE, keys[:1] if number % 50 else keys, str(number))

    writing = asyncio.create_task(write())
    wanted, is_read = {str(key) for key in keys[1:]}, False
    try:
        while not (writing.done() and is_read):
            found = await _rows(anonymous, "actions", "csv", country=COUNTRY)
            titles = {row["titles"] for key, row in found.items() if key in wanted}
            assert (len(wanted & found.keys()), len(titles)) == (len(wanted), 1), "all rows are of one instant"
            is_read = True
    finally:
        await writing
        await writer.close()


async def test_public_files_of_evidence_are_read_without_a_token(
    admin: Caller, anonymous: Caller, superuser: asyncpg.Connection
) -> None:
    content = b"Agreed in public."
    public, hidden = [
        await evidence(admin, content, country=COUNTRY, visibility=one) for one in ("public", "restricted")
    ]
    address = f"{PATH}/documents/{id_of(public)}"
    found = await anonymous.get(address)
    assert (found.status_code, found.content) == (200, content)
    assert found.headers["cache-control"] == "public, max-age=300"
    assert found.headers["repr-digest"].startswith("sha-256=:")
    assert found.headers["content-disposition"].startswith("attachment")
    part = await anonymous.get(address, headers={"Range": "bytes=0-5"})
    assert (part.status_code, part.content) == (206, b"Agreed")
    assert (await anonymous.get(address, headers={"Range": "bytes=99-"})).status_code == 416
    assert (await anonymous.get(address, headers={"If-None-Match": found.headers["etag"]})).status_code == 304
    assert (await anonymous.get(f"{PATH}/documents/{id_of(hidden)}")).status_code == 404
    assert (await admin.get(f"{PATH}/documents/{id_of(hidden)}")).status_code == 404, "a token shows nothing more"
    await steps(admin, public, "withdraw", reason="Another one")
    assert (await anonymous.get(address)).status_code == 404
