"""Statistics by code: those that have a code or one below it, each once, and the list of each number."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.actions.overview.test_statistics import asked, listed
from tests.actions.programme import action, milestone, programme
from tests.actions.schemes import code, current
from tests.support.callers import Caller
from tests.support.progress import Reporting
from tests.support.results import published, result, subject

Callers = Callable[[str | None], Caller]
PATH = "/actions/v1/statistics"
SUPPORT = "/actions/v1/support_requests"


async def _scheme(admin: Caller) -> str:
    """The code of a scheme with goal G with targets G.1 and G.2, and goal H."""
    targets = [code(f"G.{n}", parent="G", kind="target") for n in (1, 2)]
    path = await current(admin, code("G", kind="goal"), *targets, code("H", kind="goal"))
    return str((await admin.get(path)).json()["code"])


def _tags(scheme: str, *codes: str) -> list[dict[str, str]]:
    return [{"scheme": scheme, "code": one} for one in codes]


def _counts(found: dict[str, Any]) -> dict[str, int]:
    return {item["code"]: item["count"] for item in found["items"]}


async def test_a_record_counts_once_for_a_code_and_in_total(admin: Caller, caller: Callers) -> None:
    scheme = await _scheme(admin)
    for country, *lists in (("XA", ("G.1", "G.2"), ("G.1", "H")), ("XB", ("G.1",), ("G.9",), ())):
        plan = await programme(admin, country, visibility="restricted")
        for tags in lists:
            work = await action(admin, plan, "core", tags=[])
            kept = _tags(scheme, *(one for one in tags if one != "G.9"))
            assert (await admin.change(work, tags=kept or _tags("own list", "G.1"))).status_code == 200
    of_goals = await asked(admin, f"by=code&scheme={scheme}&kind=goal")
    assert (_counts(of_goals), of_goals["total"], of_goals["countries"]) == ({"G": 3, "H": 1}, 3, 2)
    assert f"`{scheme}`" in of_goals["definition"]
    found = await asked(admin, f"of=actions&by=code&scheme={scheme}")
    assert list(_counts(found).items()) == [("G", 3), ("G.1", 3), ("G.2", 1), ("H", 1)]
    for item in (*of_goals["items"], *found["items"]):
        assert await listed(admin, item["links"]["records"]) == item["count"], item
    for name, query, counts in (
        ("admin", "&country=XA", {"G": 2, "H": 1}),
        ("admin", "&country=XA,XB&region=Asia", {}),
        ("government_xb", "", {"G": 1}),
        (None, "", {}),
    ):
        seen = await asked(caller(name), f"by=code&scheme={scheme}&kind=goal{query}")
        assert (_counts(seen), seen["total"]) == (counts, max(counts.values(), default=0)), (name, query)


async def test_milestones_reports_results_and_requests_are_counted_by_code(admin: Caller, caller: Callers) -> None:
    scheme, author = await _scheme(admin), caller("author_xa")
    both = _tags(scheme, "G.1", "G.2")
    work = await action(author, await programme(author, "XA", visibility="restricted"), "core")
    await milestone(author, work, codes=both)
    report = await (await Reporting.begun(author)).report()
    assert (await author.change(f"{report}/sections/summary", codes=both)).status_code == 200
    request = {"country": "XA", "titles": {"en": "Soils"}, "need": {"en": "Training"}, "kind": "training"}
    assert (await author.post(SUPPORT, {**request, "codes": both})).status_code == 201
    await published(author, await result(author, await subject(admin, codes=both)))
    for of, query in (("milestones", ""), ("reports", ""), ("support_requests", ""), ("results", "&period=2026")):
        found = await asked(author, f"of={of}&by=code&scheme={scheme}{query}")
        assert (_counts(found), found["total"]) == ({"G": 1, "G.1": 1, "G.2": 1}, 1), of
        for item in found["items"]:
            assert await listed(author, item["links"]["records"]) == 1, item
    assert (await asked(author, f"of=results&by=code&scheme={scheme}&period=2027"))["items"] == []


async def test_without_a_token_there_are_numbers_and_no_lists(admin: Caller, anonymous: Caller) -> None:
    scheme = await _scheme(admin)
    plan = await programme(admin, "XA", visibility="public")
    await admin.step(await action(admin, plan, "core", tags=_tags(scheme, "G.1")), "approve")
    found = await asked(anonymous, f"by=code&scheme={scheme}&kind=goal")
    assert found["items"] == [{"code": "G", "count": 1, "links": {"records": None}}]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "scheme"),
        ("scheme=none", "scheme"),
        ("scheme=sdg&kind=goals", "kind"),
        ("scheme=sdg&of=programmes", "of"),
        ("scheme=sdg&by=code,country", "by"),
        ("scheme=sdg&as_of=2026-01-01", "as_of"),
        ("scheme=sdg&from=2026-01-01", "from"),
        ("scheme=sdg&period=2026", "period"),
        ("scheme=sdg&country=ZZ", "country"),
    ],
)
async def test_what_is_not_counted_by_code_is_refused(anonymous: Caller, query: str, parameter: str) -> None:
    by = "" if "by=" in query else "&by=code"
    refused = await anonymous.get(f"{PATH}?{query}{by}")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter"), refused.text
    assert [fault["parameter"] for fault in refused.json()["errors"]] == [parameter]
