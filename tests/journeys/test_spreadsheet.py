"""From a spreadsheet with 5,000 faulty rows to a clean directory."""

import csv
import random
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
import xlsxwriter

from tests.support.running import Client

EXPERTS = "/membership/v1/experts"
IMPORTS = "/membership/v1/imports"
DUPLICATES = "/membership/v1/duplicates"
MERGES = "/membership/v1/merges"
HEADINGS = ("Row ID", "Given names", "Family name", "Country", "E-Mail", "ORCID", "Institution", "Keywords")
MAPPING = '{"E-Mail": "email"}'
ROWS = 5_000
FORMULA = '=HYPERLINK("https://dirty.example")'
FAULTS = {
    "no country": "country_missing",
    "unknown country": "unknown_country",
    "bad e-mail": "invalid_format",
    "bad ORCID": "orcid_checksum",
    "no name": "name_missing",
}
_GIVEN = ("Amina", "Bjørn", "Chloé", "Đorđe", "Élise", "Farid", "Göran", "Hồng", "Işıl", "José", "Каrina", "李明")
_FAMILY = ("Okafor", "Sørensen", "Nguyễn", "Öztürk", "Иванов", "الفاسي", "Smith-Jones", "D'Angelo", "van der Berg")
_PLACES = ("Univ. of Alphaland", "Dept. of Physics, University of Alphaland", "UNIVERSITY OF ALPHALAND", "N/A", "")


def _rows(dice: random.Random) -> list[tuple[dict[str, str], str]]:
    """Rows with the faults of each; every tenth of the valid ones is there twice."""
    rows: list[tuple[dict[str, str], str]] = []
    while len(rows) < ROWS:
        number = len(rows)
        row = dict.fromkeys(HEADINGS, "")
        row |= {
            "Row ID": f"D-{number}",
            "Given names": f" {dice.choice(_GIVEN)} ",
            "Family name": f"{dice.choice(_FAMILY)}-{number}",
            "Country": dice.choice(("XA", "xa", " XB ")),
            "E-Mail": f"P{number}@Dirty.example",
            "Institution": dice.choice(_PLACES),
            "Keywords": dice.choice(("soil; water", "Forests ;", FORMULA, "")),
        }
        fault = dice.choice(tuple(FAULTS)) if dice.random() < 0.12 else ""
        row |= {
            "no country": {"Country": ""},
            "unknown country": {"Country": "QQ"},
            "bad e-mail": {"E-Mail": "nobody at home"},
            "bad ORCID": {"ORCID": "0000-0002-1825-0098"},
            "no name": {"Given names": "", "Family name": ""},
        }.get(fault, {})
        rows.append((row, fault))
        if not fault and number % 10 == 0:
            rows.append((row, "twin"))
    return rows[:ROWS]


def _workbook(path: Path, rows: list[dict[str, str]]) -> Path:
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for place, values in enumerate([dict(zip(HEADINGS, HEADINGS, strict=True)), *rows]):
            for column, name in enumerate(HEADINGS):
                _write(sheet, place, column, values[name])
    return path


def _write(sheet: Any, place: int, column: int, text: str) -> None:
    """The text as in spreadsheets: every third e-mail address is the result of a formula."""
    if HEADINGS[column] == "E-Mail" and place % 3 == 1:
        left, at, right = text.partition("@")
        sheet.write_formula(place, column, f'="{left}"&"{at}{right}"', None, text)
    else:
        sheet.write_string(place, column, text)


@pytest.fixture(scope="module")
def dirty() -> list[tuple[dict[str, str], str]]:
    return _rows(random.Random(5000))


def test_a_dirty_spreadsheet_becomes_a_clean_directory(
    running: dict[str, Any], secretariat: Client, dirty: list[tuple[dict[str, str], str]], tmp_path: Path
) -> None:
    wrong = Counter(FAULTS[fault] for _, fault in dirty if fault in FAULTS)
    twins = sum(fault == "twin" for _, fault in dirty)
    failing = wrong.total()
    book = _workbook(tmp_path / "dirty.xlsx", [row for row, _ in dirty])
    before = _total(secretariat)

    tried = _bring(secretariat, book, mode="dry_run")
    assert sum(tried["counts"].values()) == ROWS
    assert tried["counts"] == {"created": ROWS - failing - twins, "updated": 0, "unchanged": twins, "failed": failing}
    assert _total(secretariat) == before

    brought = _bring(secretariat, book)
    assert brought["counts"] == tried["counts"]
    assert _total(secretariat) == before + ROWS - failing - twins
    failures = list(csv.DictReader(secretariat.text(brought["failures_url"]).splitlines()))
    assert Counter(row["problem"] for row in failures) == wrong

    mended = tmp_path / "mended.csv"
    with mended.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, failures[0])
        writer.writeheader()
        writer.writerows(_mend(row) for row in failures)
    again = _bring(secretariat, mended)
    assert again["counts"] == {"created": failing, "updated": 0, "unchanged": 0, "failed": 0}
    assert _total(secretariat) == before + ROWS - twins

    assert _bring(secretariat, book)["counts"]["created"] == 0
    undone = secretariat.step(f"{IMPORTS}/{again['import_id']}", "undo")
    assert (undone["status"], undone["taken_back"]["removed"]) == ("undone", failing)
    assert _total(secretariat) == before + ROWS - failing - twins

    text = secretariat.get(EXPERTS, keyword=FORMULA, limit=200)["items"]
    assert len(text) == 200
    assert all(one["keywords"] == [FORMULA] for one in text)
    admitted = _admit(secretariat, 20)
    shown = httpx.get(f"{running['base_url']}{EXPERTS}", params={"country": "XA", "limit": 200}, trust_env=False)
    assert admitted <= {one["ref"] for one in shown.json()["items"]}
    _unite(secretariat, sorted(admitted)[0])


def _unite(client: Client, ref: str) -> None:
    """A person is entered again; the two are reported, searched for, merged, and separated again."""
    known = client.get(f"{EXPERTS}/{ref}")
    total, name = _total(client), known["names"][0]
    again = {"names": [{"full": f"{name['family'].upper()}, {name['given']}"}], "country": "XA", "keywords": ["ice"]}
    entered = client.create(EXPERTS, {**again, "emails": [{"value": email["value"]} for email in known["emails"]]})
    assert [other["id"] for other in entered["duplicates"]] == [known["id"]]
    job = client.finished(client.start(f"{DUPLICATES}/searches", {"resource": "experts"}))
    assert job["result"]["records"] >= total
    pairs = client.get(DUPLICATES, resource="experts", status="open", sort="-score", limit=200)["items"]
    assert {known["id"], entered["id"]} in [{pair["a"], pair["b"]} for pair in pairs]

    merged = client.create(MERGES, {"resource": "experts", "winner_id": ref, "loser_id": entered["ref"]})
    assert client.look(f"{EXPERTS}/{entered['id']}").status_code == 308
    united = client.get(f"{EXPERTS}/{ref}")
    assert united["keywords"] == [*known["keywords"], "ice"]
    assert _total(client) == total
    client.step(f"{MERGES}/{merged['id']}", "undo")
    assert client.get(f"{EXPERTS}/{ref}")["keywords"] == known["keywords"]
    assert client.get(f"{EXPERTS}/{entered['id']}")["keywords"] == ["ice"]


def _admit(client: Client, count: int) -> set[str]:
    """Publishes so many prospects of XA in the directory. Returns their numbers."""
    chosen = client.get(EXPERTS, country="XA", status="prospect", q="okafor", limit=count)["items"]
    for action in ("invite", "apply", "start_review", "approve", "publish"):
        items = [{"id": one["id"], "version": client.get(f"{EXPERTS}/{one['id']}")["version"]} for one in chosen]
        job = client.finished(client.start(f"{EXPERTS}/bulk_transitions", {"action": action, "items": items}))
        assert [item["problem"] for item in job["result"]["items"]] == [None] * count
    return {one["ref"] for one in chosen}


def _mend(row: dict[str, str]) -> dict[str, str]:
    mended = {
        "country_missing": {"Country": "XA"},
        "unknown_country": {"Country": "XB"},
        "invalid_format": {"E-Mail": ""},
        "orcid_checksum": {"ORCID": ""},
        "name_missing": {"Family name": f"Mended {row['Row ID']}"},
    }
    return {**row, **mended[row["problem"]]}


def _bring(client: Client, file: Path, **more: str) -> dict[str, Any]:
    fields = {"resource": "experts", "source": "The dirty list", "mapping": MAPPING, **more}
    return dict(client.upload(IMPORTS, file, **fields)["result"])


def _total(client: Client) -> int:
    """Experts of the two countries, from the statistics."""
    return int(client.get("/membership/v1/statistics", by="country", country="XA,XB")["total"])
