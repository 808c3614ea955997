"""Records of actions that are made of several parts: requests for support with offers, and reports with their
template, sections, delegations and comments."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from tests.support.centres import DOCUMENT

if TYPE_CHECKING:
    from tests.authorization.country_fixture import CountryFixture, Seeder


async def enter_support(seeder: "Seeder", fixture: "CountryFixture") -> None:
    """A request that is a draft again, with an offer that was accepted before and waits again."""
    word, place = {"en": fixture.word}, {"country": fixture.country, "visibility": "restricted"}
    document = {**DOCUMENT, "title": fixture.word}
    request = await seeder.enter(
        fixture, "actions", "support_requests", titles=word, need=word, kind="review", keywords=[fixture.word],
        codes=[{"scheme": fixture.word, "code": fixture.word}], documents=[document],
        programme_id=fixture.id("programmes"), **place,
    )  # fmt: skip
    become, peer = "UPDATE member_expert SET status = $2 WHERE id = $1", fixture.id("peers")
    put = "UPDATE action_support_request SET status = $2 WHERE id = $1"
    await seeder.superuser.execute(become, peer, "active")
    await seeder.superuser.execute(put, request["id"], "matching")
    path = f"support_requests/{request['id']}/offers"
    await seeder.enter(fixture, "actions", path, expert_id=peer, message=fixture.word)
    await seeder.superuser.execute(
        "UPDATE action_offer SET accepted_on = '2026-01-01' WHERE id = $1", fixture.id("offers")
    )
    await seeder.superuser.execute(put, request["id"], "draft")
    await seeder.superuser.execute(become, peer, "prospect")


def asked(word: str) -> list[dict[str, Any]]:
    """Sections of a template of reports."""
    question = {"key": "summary", "titles": {"en": word}, "type": "text", "public": True}
    return [
        {"key": "overview", "titles": {"en": word}, "questions": [question]},
        {"key": "pillars", "titles": {"en": word}, "questions": [{**question, "key": "progress"}], "repeat": "pillar"},
    ]


async def enter_reports(seeder: "Seeder", fixture: "CountryFixture") -> None:
    """A template that is a draft again, and a report that is a draft again with an answer, a delegation and a
    comment."""
    word, put = fixture.word, "UPDATE action_report SET status = $2 WHERE id = $1"
    framework = await seeder.superuser.fetchval(
        "SELECT framework FROM action_programme WHERE id = $1", UUID(fixture.id("programmes"))
    )
    template = await seeder.enter(
        fixture, "actions", "report_templates", framework=framework, version=word, titles={"en": word},
        sections=asked(word),
    )  # fmt: skip
    become = "UPDATE action_report_template SET status = $2 WHERE id = $1"
    await seeder.superuser.execute(become, template["id"], "active")
    contributor = {"person": {"expert_id": fixture.id("experts")}, "credit": ["investigation"], "order": 1}
    report = await seeder.enter(
        fixture, "actions", "reports", programme_id=fixture.id("programmes"), period_id=fixture.id("periods"),
        visibility="restricted", contributors=[contributor],
    )  # fmt: skip
    path = f"reports/{report['id']}"
    answered = (
        "UPDATE action_report_section SET answers = jsonb_build_object('summary', $2::text)"
        " WHERE report_id = $1 AND key = 'overview'"
    )
    await seeder.superuser.execute(answered, UUID(report["id"]), word)
    account = await seeder.superuser.fetchval("SELECT principal_id FROM access_grant LIMIT 1")
    await seeder.superuser.execute(
        "INSERT INTO action_delegation (id, version, status, country, visibility, created_at, created_by, updated_at,"
        " updated_by, report_id, account_id, sections) VALUES (uuidv7(), 1, 'active', $1, 'restricted', now(), 'test',"
        " now(), 'test', $2, coalesce($3, uuidv7()), '{overview}')",
        fixture.country, UUID(report["id"]), account,
    )  # fmt: skip
    row = await seeder.superuser.fetchrow(
        "SELECT id, ref FROM action_delegation WHERE report_id = $1", UUID(report["id"])
    )
    fixture.records["delegations"] = {"id": str(row["id"]), "ref": row["ref"]}
    await seeder.superuser.execute(put, report["id"], "in_review")
    await seeder.enter(fixture, "actions", f"{path}/comments", section="overview", text=word)
    fixture.records["report_comments"] = fixture.records.pop("comments")
    await seeder.superuser.execute(put, report["id"], "draft")
    await seeder.superuser.execute(become, template["id"], "draft")
