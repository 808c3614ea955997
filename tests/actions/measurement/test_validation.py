"""What rules do to results: what they are compared with, whom they block, and what lists find."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.actions.measurement.results.revalidation import Chosen, lack_states, revalidate_next
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.actions.programme import refusal
from tests.support.callers import Caller
from tests.support.results import (
    RESULTS,
    active_indicator,
    active_rule,
    id_of,
    open_period,
    parts,
    published,
    result,
    side,
)
from tests.support.statements import Recorded

Callers = Callable[[str | None], Caller]
VALIDATE = f"{RESULTS}/validate"
AT_MOST = "less_than_or_equal_to"


class Reporting:
    """Indicators of one framework, with an open period."""

    def __init__(self, admin: Caller, period: dict[str, Any]) -> None:
        self._admin, self.period = admin, period
        self.framework = period["framework"]

    async def indicator(self, **more: Any) -> str:
        return await active_indicator(self._admin, framework=self.framework, **more)

    async def rule(self, *given: Any, **more: Any) -> dict[str, Any]:
        return await active_rule(self._admin, *given, framework=self.framework, **more)

    def subject(self, indicator: str, country: str = "XA") -> dict[str, Any]:
        return {
            "indicator_id": indicator, "period_id": self.period["id"], "country": country, "method": "measured",
        }  # fmt: skip


@pytest.fixture
async def reporting(admin: Caller) -> Reporting:
    return Reporting(admin, await open_period(admin))


@pytest.fixture
def recorded(actions: httpx.AsyncClient) -> Iterator[Recorded]:
    """The database of the app, which records."""
    transport: Any = actions._transport
    state = transport.app.state
    usual = state.database
    state.database = Recorded(usual)
    yield state.database
    state.database = usual


async def _violated(by: Caller, path: str) -> list[tuple[str, str | None, str | None]]:
    of = (await by.get(path)).json()
    listed = await by.get(f"{RESULTS}?indicator_id={of['indicator_id']}&include=validation,permitted&limit=200")
    shown = of["validation"]
    assert [one["validation"] for one in listed.json()["items"] if one["id"] == of["id"]] == [shown]
    return [(one["rule"], one["left"], one["right"]) for one in shown]


async def _listed(by: Caller, path: str) -> str:
    """The state in which lists find a result."""
    of = (await by.get(path)).json()
    found = []
    for state in ("error", "warning", "clean"):
        listed = await by.get(f"{RESULTS}?indicator_id={of['indicator_id']}&validation={state}&limit=200")
        assert listed.status_code == 200, listed.text
        found += [state for one in listed.json()["items"] if one["id"] == id_of(path)]
    (state,) = found
    return state


async def test_an_error_blocks_submission_until_the_other_result_fits(reporting: Reporting, caller: Callers) -> None:
    author = caller("author_xa")
    forest, area = await reporting.indicator(), await reporting.indicator()
    of = await reporting.rule(side(forest), AT_MOST, side(area), instruction={"en": "Forest is a part of the land."})
    first = await result(author, reporting.subject(forest), value="12.50")
    assert (await _violated(author, first), await _listed(author, first)) == ([], "clean")
    second = await result(author, reporting.subject(area), value="10")
    for path in (first, second):
        (shown,) = (await author.get(path)).json()["validation"]
        assert shown == {
            "rule": of["code"], "severity": "error", "left": "12.50", "right": "10", "acknowledged": False,
            "instruction": {"en": "Forest is a part of the land."},
        }  # fmt: skip
        assert await refusal(author, path, "submit") == "validation_errors"
        assert await _listed(author, path) == "error"
    assert (await author.change(second, value="13")).json()["validation"] == []
    assert [await _listed(author, path) for path in (first, second)] == ["clean", "clean"]
    assert (await author.step(first, "submit")).status_code == 200


async def test_an_open_warning_blocks_the_approval_until_it_is_acknowledged(
    reporting: Reporting, caller: Callers
) -> None:
    author, focal = caller("author_xa"), caller("focal_xa")
    of = await reporting.indicator()
    rules = [await reporting.rule(side(of), AT_MOST, side(constant=most), severity="warning") for most in ("5", "6")]
    path = await result(author, reporting.subject(of))
    assert (await author.step(path, "submit")).status_code == 200
    codes = [one["code"] for one in rules]
    for known in ([], codes[:1]):
        refused = await focal.step(path, "approve", reason="So it is", fields={"acknowledge": known})
        assert (refused.status_code, refused.json()["reason"]) == (409, "warnings_open")
    approved = (await focal.step(path, "approve", reason="So it is", fields={"acknowledge": codes})).json()
    assert {one["rule"]: one["acknowledged"] for one in approved["validation"]} == dict.fromkeys(codes, True)
    assert await _listed(author, path) == "warning"


async def test_a_rule_takes_parts_factors_and_the_earlier_period(
    admin: Caller, reporting: Reporting, caller: Callers
) -> None:
    author = caller("author_xa")
    sex = [{"key": "sex", "titles": {"en": "Sex"}, "codes": parts("f", "m")}]
    of, total = await reporting.indicator(disaggregations=sex), await reporting.indicator()
    women = {"indicator": of, "dimensions": {"sex": "f"}}
    half = await reporting.rule(side({**women, "factor": "2"}), "greater_than_or_equal_to", side(total))
    before = {"indicator": of, "period": "previous"}
    grows = await reporting.rule(side(of), "greater_than", side(before), severity="warning")
    earlier = await open_period(
        admin, framework=reporting.framework, code="2025", starts="2025-01-01", ends="2025-12-31"
    )
    in_2025 = {**reporting.subject(of), "period_id": earlier["id"]}
    old = await result(author, in_2025, value="20")
    part = {"dimensions": {"sex": "f"}, "value": "4.5"}
    path = await result(author, reporting.subject(of), value="15", breakdown=[part])
    other = await result(author, reporting.subject(total), value="9.1")
    assert sorted(await _violated(author, path)) == [(half["code"], "9.0", "9.1")]
    assert await _violated(author, other) == [(half["code"], "9.0", "9.1")]
    await published(author, old)
    assert sorted(await _violated(author, path)) == sorted([
        (half["code"], "9.0", "9.1"), (grows["code"], "15", "20"),
    ])  # fmt: skip
    await author.change(path, breakdown=[{**part, "value": "4.55"}])
    assert await _violated(author, path) == [(grows["code"], "15", "20")]
    assert [await _listed(author, one) for one in (path, other)] == ["warning", "clean"]
    await caller("government_xa").step(old, "retract", reason="Wrong unit")
    assert (await _violated(author, path), await _listed(author, path)) == ([], "clean")


async def test_open_revisions_are_compared_with_each_other(reporting: Reporting, caller: Callers) -> None:
    author = caller("author_xa")
    left, right = await reporting.indicator(), await reporting.indicator()
    of = await reporting.rule(side(left), "equal_to", side(right))
    paths = [await result(author, reporting.subject(one)) for one in (left, right)]
    for path in paths:
        await published(author, path)
    revised = []
    for path in paths:
        made = await author.post(f"{path}/revisions", {"reason": "Counted anew", "value": "11"})
        revised.append(made.json()["links"]["self"])
        if len(revised) == 1:
            assert await _violated(author, revised[0]) == [(of["code"], "11", "10")]
            assert await refusal(author, revised[0], "submit") == "validation_errors"
    assert [await _violated(author, path) for path in (*paths, *revised)] == [[]] * 4
    await published(author, revised[0])
    assert await _violated(author, revised[0]) == [(of["code"], "11", "10")]
    await published(author, revised[1])
    assert [await _violated(author, path) for path in revised] == [[], []]
    assert [await _listed(author, path) for path in revised] == ["clean", "clean"]


async def test_missing_and_discarded_results_have_no_number(reporting: Reporting, caller: Callers) -> None:
    author = caller("author_xa")
    left, right = await reporting.indicator(), await reporting.indicator()
    of = await reporting.rule(side(left), "compulsory_pair", side(right))
    path = await result(author, reporting.subject(left))
    assert await _violated(author, path) == [(of["code"], "10", None)]
    other = await result(author, reporting.subject(right), value=None, missing="not_collected")
    assert await _violated(author, other) == [(of["code"], "10", None)]
    await author.change(other, value="0", missing=None)
    assert (await _violated(author, path), await _listed(author, path)) == ([], "clean")
    await author.step(other, "discard")
    assert (await _violated(author, path), await _listed(author, path)) == ([(of["code"], "10", None)], "error")


async def test_a_national_rule_validates_results_of_its_country(reporting: Reporting, caller: Callers) -> None:
    of = await reporting.indicator()
    national = await active_rule(caller("government_xa"), side(of), AT_MOST, side(constant="5"), country="XA")
    for country, found in (("XA", [(national["code"], "10", "5")]), ("XB", [])):
        author = caller(f"author_{country.lower()}")
        assert await _violated(author, await result(author, reporting.subject(of, country))) == found


async def test_rules_show_nothing_to_those_whose_grants_do_not_cover_the_result(
    reporting: Reporting, caller: Callers
) -> None:
    author, other = caller("author_xa"), caller("author_xb")
    left, right = await reporting.indicator(measure="percentage", unit=None), await reporting.indicator()
    path = await result(author, reporting.subject(left), value="101")
    await author.step(path, "submit")
    acknowledged = {"reason": "Growth", "fields": {"acknowledge": ["percentage_range"]}}
    assert (await caller("focal_xa").step(path, "approve", **acknowledged)).status_code == 200
    await caller("officer").step(path, "accept")
    await caller("government_xa").step(path, "publish")
    of = await reporting.rule(side(left), AT_MOST, side(right))
    await result(author, reporting.subject(right), value="3", visibility="restricted")
    built_in = ("percentage_range", "101", "100")
    for by, found in ((author, [built_in, (of["code"], "101", "3")]), (other, [built_in])):
        assert await _violated(by, path) == found
    assert (await caller("officer").get(path)).json()["validation"][1]["left"] == "101"
    for state in ("error", "warning", "clean"):
        listed = (await other.get(f"{RESULTS}?indicator_id={left}&validation={state}")).json()["items"]
        assert listed == [], state
    assert (await other.get(f"{RESULTS}?validation=wrong")).status_code == 400


async def test_a_change_from_a_restricted_value_is_shown_to_those_who_know_it(
    admin: Caller, reporting: Reporting, caller: Callers
) -> None:
    author, of = caller("author_xa"), await reporting.indicator()
    earlier = await open_period(
        admin, framework=reporting.framework, code="2025", starts="2025-01-01", ends="2025-12-31"
    )
    subject = {**reporting.subject(of), "period_id": earlier["id"]}
    await published(author, await result(author, subject, value="4", visibility="restricted"))
    path = await result(author, reporting.subject(of))
    await author.step(path, "submit")
    await caller("focal_xa").step(path, "approve", reason="Grown", fields={"acknowledge": ["large_change"]})
    await caller("officer").step(path, "accept")
    await caller("government_xa").step(path, "publish")
    assert await _violated(author, path) == [("large_change", "10", "4")]
    assert await _violated(caller("author_xb"), path) == []


async def test_lists_validate_on_demand_with_as_many_statements_for_one_result_as_for_many(
    reporting: Reporting, caller: Callers, recorded: Recorded
) -> None:
    author, of = caller("author_xa"), await reporting.indicator()
    made = await reporting.rule(side(of), AT_MOST, side(constant="5"))
    for country in ("XA", "XB"):
        await result(caller(f"author_{country.lower()}"), reporting.subject(of, country))
    listed = f"{RESULTS}?indicator_id={of}"
    assert all("validation" not in one for one in (await author.get(listed)).json()["items"])
    sent = []
    recorded.take()
    for query, found in (("country=XA", 1), ("country=XA,XB", 2)):
        page = (await caller("officer").get(f"{listed}&{query}&include=validation")).json()
        assert [[one["rule"] for one in shown["validation"]] for shown in page["items"]] == [[made["code"]]] * found
        sent.append(len(recorded.take()))
    assert sent[0] == sent[1]
    refused = await author.get(f"{listed}&format=csv&include=validation")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter")


async def test_a_job_validates_results_anew_after_a_rule_changed(
    admin: Caller, reporting: Reporting, caller: Callers, database: Database
) -> None:
    author, of = caller("author_xa"), await reporting.indicator()
    path = await result(author, reporting.subject(of))
    made = await reporting.rule(side(of), AT_MOST, side(constant="5"))
    assert ((await _violated(author, path))[0][0], await _listed(author, path)) == (made["code"], "clean")
    await _validate(database, Chosen([UUID(of)], None))
    assert await _listed(author, path) == "error"
    await admin.step(made["links"]["self"], "retire")
    assert await _violated(author, path) == []
    await _validate(database, Chosen([UUID(of)], "XB"))
    assert await _listed(author, path) == "error"
    await _validate(database, Chosen([UUID(of)], "XA"))
    assert await _listed(author, path) == "clean"


async def test_results_of_before_the_rules_are_validated_once(
    reporting: Reporting, caller: Callers, database: Database, superuser: Any
) -> None:
    author = caller("author_xa")
    path = await result(author, reporting.subject(await reporting.indicator()))
    await superuser.execute("DELETE FROM action_result_validation WHERE result_id = $1", UUID(id_of(path)))
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        assert await lack_states(uow.connection)
    await _validate(database, None)
    assert await _listed(author, path) == "clean"
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        assert not await lack_states(uow.connection)


async def _validate(database: Database, of: Chosen | None) -> None:
    after: UUID | None = UUID(int=0)
    while after is not None:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            after = await revalidate_next(uow, of, after)


async def test_the_results_of_a_country_and_period_are_validated_at_once(reporting: Reporting, caller: Callers) -> None:
    author, of = caller("author_xa"), [await reporting.indicator() for _ in range(3)]
    rule = await reporting.rule(side(*of[:2]), AT_MOST, side(of[2]))
    paths = [await result(author, reporting.subject(one), value=value) for one, value in zip(of, "123", strict=True)]
    hidden = await result(caller("author_xb"), reporting.subject(of[0], "XB"))
    asked = {"country": "XA", "period_id": reporting.period["id"]}
    assert (await author.post(VALIDATE, asked)).json() == {"items": [], "validated": 3, "next": None}
    await author.change(paths[2], value="2.9")
    shown = (await author.post(VALIDATE, asked)).json()
    assert [(one["result_id"], one["rule"], one["left"], one["right"]) for one in shown["items"]] == [
        (id_of(path), rule["code"], "3", "2.9") for path in paths
    ]
    assert [one["indicator_id"] for one in shown["items"]] == of
    rest = (await author.post(VALIDATE, {**asked, "after": id_of(paths[1])})).json()
    assert ([one["result_id"] for one in rest["items"]], rest["validated"]) == ([id_of(paths[2])], 1)
    assert (await caller("officer").post(VALIDATE, asked)).json() == shown
    assert (await caller("author_xb").post(VALIDATE, asked)).json()["validated"] == 0
    in_xb = (await caller("author_xb").post(VALIDATE, {**asked, "country": "XB"})).json()
    assert (in_xb["validated"], in_xb["items"], id_of(hidden) in str(in_xb)) == (1, [], False)
    for more, pointer in (
        ({"country": "ZZ"}, "/country"),
        ({"period_id": str(uuid4())}, "/period_id"),
        ({"period_id": "2026"}, "/period_id"),
        ({"since": "2026"}, "/since"),
    ):
        refused = await author.post(VALIDATE, {**asked, **more})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    assert (await caller(None).post(VALIDATE, asked)).status_code == 401


async def test_lists_are_filtered_by_the_codes_of_indicators_and_show_revisions(
    reporting: Reporting, caller: Callers
) -> None:
    author, mark = caller("author_xa"), uuid4().hex
    tagged = await reporting.indicator(codes=[{"scheme": mark, "code": "1"}, {"scheme": f"{mark}2", "code": "2"}])
    path = await result(author, reporting.subject(tagged))
    for query, found in (
        (f"scheme={mark}", [path]),
        (f"scheme={mark}&code=1", [path]),
        (f"scheme={mark}&code=2", []),
        (f"code=2&scheme={mark}2", [path]),
        (f"indicator_id={tagged}&code=2", [path]),
        (f"indicator_id={tagged}&code=3", []),
    ):
        listed = (await author.get(f"{RESULTS}?{query}")).json()["items"]
        assert [one["links"]["self"] for one in listed] == found, query
        assert all("revisions" not in one for one in listed)
    await published(author, path)
    made = (await author.post(f"{path}/revisions", {"reason": "Counted anew", "value": "11.0"})).json()
    whole = [("1", "published", "10"), ("2", "draft", "11.0")]
    for by, found in ((author, whole), (caller("author_xb"), whole[:1])):
        for shown in (
            (await by.get(f"{path}?include=revisions")).json(),
            (await by.get(f"{RESULTS}?scheme={mark}&status=published&include=revisions")).json()["items"][0],
        ):
            revisions = [(str(one["revision"]), one["status"], one["value"]) for one in shown["revisions"]]
            assert revisions == found
    assert (await author.get(f"{made['links']['self']}?include=revisions")).json()["revisions"][1]["id"] == made["id"]
