"""Rows that no database can store: each is reported, wherever it is, and the list of failures is complete."""

import json
from typing import Any

import asyncpg
import pytest

from shared.bulk.items import read_item
from tests.support.imports import Importer, counts
from tests.support.membership import EXPERTS

GOOD = 2_600
ODD = {
    "integer of 5,000 digits": '{"full_name": %s, "country": "XA"}' % ("9" * 5000),
    "number beyond every float": '{"full_name": "Large", "country": 1e999}',
    "lone surrogate": r'{"full_name": "Lone \ud800", "country": "XA"}',
    "U+0000": r'{"full_name": "Null \u0000", "country": "XA"}',
    "lone surrogate in a name": r'{"full_name": "Name", "country": "XA", "\udfff": "x"}',
    "U+0000 within": r'{"full_name": "Name", "country": "XA", "keywords": [["\u0000"]]}',
    "no JSON number": '{"full_name": "Nan", "country": "XA", "keywords": [{"a": 1}]}',
}


def _file(form: str) -> tuple[bytes, list[int]]:
    """A file with every odd row early and after 2,500 good ones, and the numbers of the odd rows."""
    good = [json.dumps({"full_name": f"Person {n}", "country": "XA"}) for n in range(GOOD)]
    odd = list(ODD.values())
    rows = [good[0], *odd, *good[1:], *odd]
    numbers = [*range(2, 2 + len(odd)), *range(len(rows) - len(odd) + 1, len(rows) + 1)]
    text = "\n".join(rows) if form == "ndjson" else f"[{','.join(rows)}]"
    return text.encode(), numbers


@pytest.mark.parametrize("form", ["ndjson", "array"])
@pytest.mark.parametrize("on_error", ["skip", "abort"])
async def test_odd_rows_fail_and_the_others_are_written(
    form: str, on_error: str, secretariat: Importer, database: asyncpg.Connection
) -> None:
    content, numbers = _file(form)
    brought = await secretariat.bring("experts", content, "list.json", media="application/json", on_error=on_error)
    failures = await secretariat.failures(brought)
    if on_error == "abort":
        assert brought["counts"] == counts(failed=GOOD + len(numbers))
        failures = [failure for failure in failures if failure["problem"] != "import_aborted"]
    else:
        assert brought["counts"] == counts(created=GOOD, failed=len(numbers))
    assert [int(failure["row"]) for failure in failures] == numbers
    assert all(failure["problem"] and failure["detail"] for failure in failures)
    codes = {failure["full_name"]: failure["problem"] for failure in failures}
    assert codes["Lone \N{REPLACEMENT CHARACTER}"] == codes["Null \N{REPLACEMENT CHARACTER}"] == "invalid_text"
    assert codes["9" * 5000] == "too_long"
    assert await database.fetchval("SELECT count(*) FROM member_expert") == brought["counts"]["created"]


@pytest.mark.long("imports thrice")
async def test_reported_failures_can_be_corrected_and_sent_again(secretariat: Importer) -> None:
    content, numbers = _file("array")
    brought = await secretariat.bring("experts", content, "list.json", media="application/json")
    text = (await secretariat.caller.get(brought["failures_url"])).content
    again = await secretariat.bring("experts", text)
    assert sum(again["counts"].values()) == len(numbers)


async def test_an_id_of_many_digits_stays_what_it_is(secretariat: Importer) -> None:
    ids = [123456789012345678901234567890 + n for n in range(2)]
    for form in ("\n".join, lambda rows: f"[{','.join(rows)}]"):
        rows = [json.dumps({"row_id": one, "full_name": f"Person {one}", "country": "XA"}) for one in ids]
        sent = await secretariat.bring("experts", form(rows).encode(), "list.json", media="application/json")
    assert sent["counts"] == counts(unchanged=2)
    assert len((await secretariat.caller.get(EXPERTS)).json()["items"]) == 2


async def test_any_number_of_names_is_bounded(secretariat: Importer) -> None:
    rows = [{"full_name": f"Person {n}", "country": "XA", **({f"x{n}": 1} if n > 2000 else {})} for n in range(2600)]
    content = "\n".join(json.dumps(row) for row in rows).encode()
    brought = await secretariat.bring("experts", content, "list.ndjson", media="application/x-ndjson")
    assert brought["counts"] == counts(created=2600)
    assert len(brought["ignored_columns"]) == 200


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ('{"a": 1, "b": [1.5, true, null]}', {"a": 1, "b": [1.5, True, None]}, None),
        (r'"back\\u0000slash"', "back\\u0000slash", None),
        ("9" * 19, "9" * 19, None),
        (r'"\ud83d\ude00"', "\N{GRINNING FACE}", None),
        (r'"\ud83d"', "\N{REPLACEMENT CHARACTER}", "invalid_text"),
        ("NaN", None, "malformed_json"),
        ("[" * 100_000, None, "malformed_json"),
        ("{", None, "malformed_json"),
    ],
)
def test_a_row_of_json_is_read_or_refused(text: str, value: Any, code: str | None) -> None:
    item = read_item(text)
    assert item.value == value
    assert (item.fault[0] if item.fault else None) == code
