"""The demonstration: twelve countries on every rung of the ladder, consistent with the rules, entered once."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from deploy import demo, demo_register
from deploy.demonstration import loading, rounds, story
from deploy.demonstration.accounts import COUNTRIES
from deploy.demonstration.people import EXPERTS, PLACES
from shared.kernel.clock import clock_set_to, now, today
from shared.kernel.countries import FICTIONAL_CODES
from tests.support.databases import checksums

pytestmark = pytest.mark.long("enters the whole demonstration")
_STAGES = {"XD": 1, "XE": 2, "XF": 3, "XG": 4, "XH": 5, "XI": 6, "XJ": 7, "XL": 7, "XM": 3}
_CENTRES = {
    *("draft", "submitted", "under_review", "info_requested", "awaiting_agreement", "declined", "withdrawn"),
    *("active", "renewal_due", "suspended", "expired", "closed"),
}


async def _loaded(url: str) -> dict[str, Any]:
    """What `escm demo load` prints."""
    made = await demo.load(url)
    await demo_register.load(url)
    await loading.load(url, made["accounts"])
    return made


@pytest.fixture(scope="module")
async def url(test_servers: dict[str, str], database_url: str) -> str:
    """A database with the demonstration."""
    connection = await asyncpg.connect(f"{test_servers['postgres']}postgres")
    await connection.execute("DROP DATABASE IF EXISTS escm_demonstration WITH (FORCE)")
    await connection.execute("CREATE DATABASE escm_demonstration TEMPLATE escm_template")
    await connection.close()
    address = f"{test_servers['postgres']}escm_demonstration"
    await _loaded(address)
    return address


@pytest.fixture
async def rows(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url, server_settings={"search_path": "escm"})
    yield connection
    await connection.close()


async def test_a_second_load_changes_nothing(url: str) -> None:
    before = await checksums(url)
    await _loaded(url)
    assert await checksums(url) == before


async def test_each_rung_of_the_ladder_has_a_country(rows: asyncpg.Connection) -> None:
    found = dict(await rows.fetch("SELECT country, stage FROM action_country_stage"))
    assert found == _STAGES
    assert set(COUNTRIES) == set(PLACES) == set(story.CHAPTERS) == set(_STAGES) == FICTIONAL_CODES - {"XA", "XB", "XC"}
    assert len(FICTIONAL_CODES) == 12
    assert "XK" not in FICTIONAL_CODES  # others use it for Kosovo


async def test_it_has_as_many_records_as_it_says(rows: asyncpg.Connection) -> None:
    people = await rows.fetchval("SELECT count(*) FROM member_expert")
    assert people == sum(EXPERTS.values()) + 10 == 302
    assert await rows.fetchval("SELECT count(*) FROM member_institution WHERE status = 'verified'") == 58
    assert {row["status"] for row in await rows.fetch("SELECT DISTINCT status FROM centre_centre")} == _CENTRES
    assert await rows.fetchval("SELECT count(*) FROM member_support WHERE status = 'accepted'") == 99
    assert await rows.fetchval("SELECT count(*) FROM action_result WHERE status IN ('published', 'approved')") == 21


_RULES = {
    "a country with a result has a scientific committee": """
SELECT r.country FROM action_result r WHERE NOT EXISTS (
    SELECT FROM centre_committee c WHERE c.country = r.country AND c.status = 'recognised')""",
    "a committee that was formed has a president and a secretary": """
SELECT c.country FROM centre_committee c WHERE c.status <> 'proposed' AND (
    SELECT count(DISTINCT office) FROM centre_seat s
    WHERE s.committee_id = c.id AND office IN ('president', 'secretary') AND s.status = 'appointed') < 2""",
    "a scientific committee has bylaws, partners and three seats": """
SELECT c.country FROM centre_committee c WHERE c.status = 'recognised' AND (c.bylaws IS NULL
    OR cardinality(c.partner_institution_ids) = 0
    OR (SELECT count(*) FROM centre_seat s WHERE s.committee_id = c.id) < 3)""",
    "a designated centre has two reviews, an agreement in force, a term and an endorsement before it": """
SELECT c.ref FROM centre_centre c WHERE c.designated_on IS NOT NULL AND (
    (SELECT count(*) FROM centre_review r WHERE r.centre_id = c.id AND r.recommendation = 'designate') < 2
    OR NOT EXISTS (SELECT FROM centre_agreement a WHERE a.centre_id = c.id AND a.status = 'in_force'
        AND a.effective <= c.designated_on)
    OR NOT EXISTS (SELECT FROM centre_term t WHERE t.centre_id = c.id AND t.decided_on = c.designated_on)
    OR NOT EXISTS (SELECT FROM action_endorsement e WHERE e.country = c.country AND e.level >= 2
        AND e.verified_on <= c.designated_on))""",
    "no reviewer belongs to the host": """
SELECT r.ref FROM centre_review r JOIN centre_centre c ON c.id = r.centre_id JOIN member_affiliation a
    ON a.expert_id = r.reviewer_id AND a.institution_id = c.host_institution_id""",
    "a centre, its committee, host and director are of one country": """
SELECT c.ref FROM centre_centre c JOIN centre_committee k ON k.id = c.committee_id
JOIN member_institution i ON i.id = c.host_institution_id
LEFT JOIN member_expert e ON e.id = c.director_id
WHERE NOT (c.country = k.country AND c.country = i.country AND c.country = coalesce(e.country, c.country))""",
    "a programme under way has an endorsement of level 3 and a centre that was designated before": """
SELECT p.ref FROM action_programme p WHERE p.status = 'implementing' AND (
    NOT EXISTS (SELECT FROM action_endorsement e WHERE e.country = p.country AND e.level >= 3
        AND e.verified_on <= p.started_on)
    OR NOT EXISTS (SELECT FROM centre_centre c WHERE c.id = p.centre_id AND c.designated_on <= p.started_on))""",
    "a programme starts while its framework is valid": """
SELECT p.ref FROM action_programme p JOIN action_framework f ON f.code = p.framework
WHERE p.started_on NOT BETWEEN f.valid_from AND coalesce(f.valid_to, p.started_on)""",
    "an action starts within its programme": """
SELECT a.ref FROM action_action a JOIN action_programme p ON p.id = a.programme_id
WHERE a.actual_start < p.started_on""",
    "whoever claims a milestone does not verify it": """
SELECT m.ref FROM action_milestone m JOIN core_audit a ON a.subject = m.id AND a.action = 'verify'
WHERE m.status = 'done' AND a.actor_id = ANY(m.claimants)""",
    "whoever writes a result does not accept it": """
SELECT r.ref FROM action_result r JOIN core_audit a ON a.subject = r.id AND a.action = 'accept'
WHERE a.actor_id = ANY(r.claimants)""",
    "a result is entered after its period": """
SELECT r.ref FROM action_result r JOIN action_period p ON p.id = r.period_id WHERE r.created_at::date <= p.ends""",
    "whoever writes a report does not review it": """
SELECT r.ref FROM action_report r JOIN core_audit a ON a.subject = r.id AND a.action IN ('take', 'return', 'clear')
WHERE a.actor_id = ANY(r.authors)""",
    "a report is begun after its period": """
SELECT r.ref FROM action_report r JOIN action_period p ON p.id = r.period_id WHERE r.created_at::date <= p.ends""",
    "a country that acknowledges a warning says why": """
SELECT r.ref FROM action_result r WHERE r.acknowledged <> '{}' AND r.comment IS NULL""",
    "a paused programme was under way": """
SELECT p.ref FROM action_programme p WHERE p.status = 'paused' AND p.started_on IS NULL""",
    "an accepted annual report was submitted by somebody else, after its year": """
SELECT r.ref FROM centre_annual_report r JOIN core_audit a ON a.subject = r.id AND a.action = 'accept'
WHERE r.status = 'accepted' AND (r.submitted_by = a.actor_kind || ':' || a.actor_id
    OR r.submitted_on < r.period_ends)""",
    "an active expert has a term, an address and an institution of the country": """
SELECT e.ref FROM member_expert e WHERE e.status = 'active' AND (e.term_ends IS NULL OR e.emails = '[]'
    OR NOT EXISTS (SELECT FROM member_affiliation a JOIN member_institution i ON i.id = a.institution_id
        WHERE a.expert_id = e.id AND i.country = e.country))""",
    "an initiative is signed while it is open": """
SELECT s.ref FROM member_support s JOIN member_initiative i ON i.id = s.initiative_id WHERE s.signed_at < i.opens""",
}


@pytest.mark.parametrize("rule", _RULES)
async def test_it_keeps_the_rule(rows: asyncpg.Connection, rule: str) -> None:
    assert [tuple(row) for row in await rows.fetch(_RULES[rule])] == []


async def test_the_numbers_of_yesterday_are_those_of_today(rows: asyncpg.Connection) -> None:
    """What was counted belongs to the day on which it happened, so that the day before the start has numbers too."""
    counted = """
SELECT sum(n) FROM core_count_delta WHERE kind = $1 AND status = ANY($2) AND day < current_date AND country = ANY($3)
"""
    wanted = {"centre": ["active", "renewal_due"], "programme": ["implementing"], "country": [*"1234567"]}
    for kind, states in wanted.items():
        found = await rows.fetchval(counted, kind, states, [*COUNTRIES])
        assert found == {"centre": 5, "programme": 3, "country": 9}[kind], kind
    early = date(today().year - 2, 1, 1)
    begun = "SELECT sum(n) FROM core_count_delta WHERE kind = 'expert' AND status = 'active' AND day < $1"
    assert 0 < await rows.fetchval(begun, early) < await rows.fetchval(begun, today())


async def test_what_waits_is_there(rows: asyncpg.Connection) -> None:
    late = "SELECT count(*) FROM action_correspondence WHERE status = 'awaiting_reply' AND reply_due < current_date"
    assert await rows.fetchval(late) == 1
    assert await rows.fetchval("SELECT count(*) FROM core_pending_transition WHERE status = 'pending'") == 1
    assert await rows.fetchval("SELECT count(*) FROM member_nomination WHERE status = 'awaiting_nominator'") == 1
    assert await rows.fetchval("SELECT count(*) FROM member_call WHERE status = 'open'") == 1
    assert await rows.fetchval("SELECT count(*) FROM action_milestone WHERE status = 'claimed'") == 3


async def test_a_reporting_round_is_at_work(rows: asyncpg.Connection) -> None:
    """Of five programmes four owe a report: two have none, one was returned, one has more time; one is in review."""
    code = rounds.quarter_before(today() - timedelta(days=46))
    reports = """
SELECT r.country, r.status, r.due_on >= current_date AS in_time FROM action_report r
JOIN action_period p ON p.id = r.period_id WHERE p.code = $1"""
    found = {row["country"]: (row["status"], row["in_time"]) for row in await rows.fetch(reports, code)}
    assert found == {"XI": ("draft", True), "XJ": ("in_review", False), "XL": ("changes_requested", False)}
    programmes = """
SELECT g.country FROM action_programme g JOIN action_period p ON p.framework = g.framework
WHERE p.code = $1 AND p.due_on < current_date AND p.status = 'open' AND g.created_at::date <= p.ends"""
    owing = {row["country"] for row in await rows.fetch(programmes, code)}
    assert owing - found.keys() == {"XH", "XM"}
    results = """
SELECT r.status, v.state, count(*) AS n FROM action_result r JOIN action_period p ON p.id = r.period_id
JOIN action_result_validation v ON v.result_id = r.id WHERE p.code = $1 GROUP BY 1, 2"""
    counted = {(row["status"], row["state"]): row["n"] for row in await rows.fetch(results, code)}
    assert counted == {
        ("draft", "clean"): 1,
        ("submitted", "clean"): 3,
        ("approved", "clean"): 2,
        ("approved", "warning"): 1,
        ("accepted", "clean"): 1,
    }
    assert await rows.fetchval("SELECT count(*) FROM action_report_comment WHERE status = 'open'") == 1
    assert await rows.fetchval("SELECT count(*) FROM action_task WHERE country = 'XM' AND status = 'open'") == 1


def test_the_clock_goes_on_after_a_past_day() -> None:
    before = now()
    with clock_set_to(before - timedelta(days=900)):
        assert today() == (before - timedelta(days=900)).date()
    assert now() >= before


async def test_an_interrupted_load_is_continued(
    test_servers: dict[str, str], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await asyncpg.connect(f"{test_servers['postgres']}postgres")
    await connection.execute("DROP DATABASE IF EXISTS escm_interrupted WITH (FORCE)")
    await connection.execute("CREATE DATABASE escm_interrupted TEMPLATE escm_template")
    await connection.close()
    address = f"{test_servers['postgres']}escm_interrupted"

    async def interrupted(_of: story.Country) -> None:
        raise RuntimeError("interrupted")

    with monkeypatch.context() as patch:
        patch.setitem(story.CHAPTERS, "XG", interrupted)
        with pytest.raises(ExceptionGroup):
            await _loaded(address)
    await _loaded(address)
    rows = await asyncpg.connect(address, server_settings={"search_path": "escm"})
    assert dict(await rows.fetch("SELECT country, stage FROM action_country_stage")) == _STAGES
    assert await rows.fetchval("SELECT count(*) FROM member_expert") == sum(EXPERTS.values()) + 10
    await rows.close()
