"""Experts and officials comment on contributions in rounds; authors answer; an editor clears what is answered."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.actions.global_report.review.rounds.operations import apply_scheduled
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now, to_text, today
from tests.support.callers import CALLERS, Caller
from tests.support.centres import entered, refused, stepped
from tests.support.clock import calendar
from tests.support.editions import FIGURES, author, editor, figure_body
from tests.support.imports import Importer, counts, csv_of
from tests.support.mailbox import Mailbox
from tests.support.principals import enter_principal
from tests.support.review import (
    UnderReview,
    affiliated,
    answered,
    comment_body,
    commented,
    granted,
    invited,
    official,
    opened,
    reviewer,
    send_version,
    under_review,
)

pytestmark = pytest.mark.long("a worker reads manuscripts")


@pytest.fixture
async def text(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, posted: Mailbox
) -> UnderReview:
    """A contribution that is reviewed, hiding both sides."""
    return await under_review(admin, superuser, monkeypatch)


async def test_a_contribution_is_reviewed_and_cleared(
    text: UnderReview, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_round = await opened(text)
    me = await reviewer(text, of_round, superuser, monkeypatch)
    other = await reviewer(text, of_round, superuser, monkeypatch)
    said = [await commented(by, text, of_round, first=1 + n % 5) for n, by in enumerate([me, other] * 6)]
    assert [one["number"] for one in said] == list(range(1, 13))
    assert (said[1]["from"], said[1]["to"], said[1]["round"], said[1]["on_version"]) == (2, 2, 1, 1)
    counted = (await text.editor.get(text.path)).json()
    assert counted["comments"] == {"open": 12, "answered": 0, "resolved": 0}
    progress = (await text.editor.get(f"/actions/v1/editions/{counted['edition_id']}/progress")).json()
    assert progress["comments"] == counted["comments"]
    assert (counted["current"]["number"], counted["current"]["language"]) == (1, "en")
    of_round = await stepped(text.editor, of_round, "close")
    await answered(text, said[:-1])
    assert await refused(text.editor, counted, "clear") == "comments_open"
    assert await refused(text.editor, of_round, "complete") == "comments_open"
    last = await stepped(text.author, said[-1], "answer", reason="No.", fields={"decision": "rejected", "version": 1})
    assert (last["status"], last["decision"], last["answer"], last["answered_in"]) == ("answered", "rejected", "No.", 1)
    assert await refused(text.editor, counted, "clear") == "round_not_complete"
    await stepped(text.editor, of_round, "complete")
    await stepped(other, said[-1], "resolve")
    cleared = await stepped(text.editor, counted, "clear")
    assert (cleared["status"], cleared["comments"]) == ("cleared", {"open": 0, "answered": 11, "resolved": 1})
    assert (await me.get(text.path)).status_code == 404, "the round has ended"


async def test_who_comments_reads_the_figures_until_the_round_ends(
    text: UnderReview,
    membership: httpx.AsyncClient,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert membership
    path = (await entered(text.editor, FIGURES, figure_body(text.edition)))["links"]["self"]
    of_round = await opened(text, "both")
    invited_expert = await reviewer(text, of_round, superuser, monkeypatch)
    readers = [invited_expert, official(text.editor, monkeypatch, "XA")]
    for reader in readers:
        listed = (await reader.get(f"{FIGURES}?edition_id={text.edition['id']}")).json()["items"]
        assert [one["links"]["self"] for one in listed] == [path]
        assert (await reader.get(f"{path}/data")).status_code == 200
        assert (await reader.change(path, source="Mine")).status_code == 403
    await stepped(text.editor, await stepped(text.editor, of_round, "close"), "complete")
    assert [(await reader.get(path)).status_code for reader in readers] == [404, 404]


async def test_who_is_concerned_is_no_reviewer(
    text: UnderReview, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_round, path = await opened(text), f"{text.path}/reviewers"
    writer = text.contribution["authors"][0]["expert_id"]
    _, colleague = await author(text.editor, superuser, monkeypatch)
    _, former = await author(text.editor, superuser, monkeypatch)
    institution = uuid4()
    long_ago = str(today().year - 4)
    last_year = str(today().year - 1)
    for expert, ends in ((writer, None), (colleague["expert_id"], last_year), (former["expert_id"], long_ago)):
        await affiliated(superuser, expert, institution, ends)

    async def why_not(expert: str, **more: object) -> tuple[int, str]:
        response = await text.editor.post(path, {"expert_id": expert, "round": of_round["id"], **more})
        return response.status_code, response.json().get("code", "")

    assert await why_not(writer) == (409, "is_an_author")
    assert await why_not(colleague["expert_id"]) == (409, "same_institution")
    assert await why_not(former["expert_id"]) == (201, "")
    assert await why_not(former["expert_id"]) == (409, "conflict"), "is invited"
    me, named = await author(text.editor, superuser, monkeypatch)
    stated = await invited(text, of_round, named)
    assert [one["id"] for one in (await me.get("/actions/v1/reviewers?holder=me")).json()["items"]] == [stated["id"]]
    taken = await stepped(me, stated, "accept", fields={"conflict": "We are friends."})
    assert (taken["status"], taken["conflict_of_interest"]) == ("accepted", True)
    assert (await me.get(text.path)).status_code == 404
    await stepped(text.editor, stated, "withdraw")
    assert await why_not(named["expert_id"]) == (409, "conflict_of_interest")
    other, invitation = await author(text.editor, superuser, monkeypatch)
    made = await invited(text, of_round, invitation)
    assert (await me.get(made["links"]["self"])).status_code == 404
    declined = await stepped(other, made, "decline", reason="No time.")
    assert declined["status"] == "declined"


async def test_an_official_does_not_review_the_chapter_of_the_country(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, posted: Mailbox
) -> None:
    text = await under_review(admin, superuser, monkeypatch, outline_key="alphaland")
    of_round = await opened(text)
    caller, named = await author(text.editor, superuser, monkeypatch)
    await granted(superuser, CALLERS[caller.name].id, "government_focal_point", "XA")
    body = {"expert_id": named["expert_id"], "round": of_round["number"]}
    response = await text.editor.post(f"{text.path}/reviewers", body)
    assert (response.status_code, response.json()["code"]) == (409, "conflict_of_interest")


async def test_a_place_of_a_comment_is_there(
    text: UnderReview, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = await opened(text)
    me, path = await reviewer(text, planned, superuser, monkeypatch), f"{text.path}/comments"
    cases = (
        ({"from": 6}, "/from", "unknown_block"),
        ({"from": 2, "to": 9}, "/to", "unknown_block"),
        ({"from": 3, "to": 2}, "/to", "unknown_block"),
        ({"from": 2, "quote": "lies in bogs"}, "/quote", "quote_not_found"),
        ({"from": 2, "round": 9}, "/round", "unknown_reference"),
    )
    for given, pointer, code in cases:
        response = await me.post(path, comment_body(planned) | given)
        assert response.status_code == 422, response.text
        assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [(pointer, code)]
    quoted = await commented(me, text, planned, first=2, to=3, quote="carbon. Most of  it lies")
    assert (quoted["from"], quoted["to"], quoted["quote"]) == (2, 3, "carbon. Most of  it lies")
    assert (await text.author.post(path, comment_body(planned))).status_code == 403
    calendar(monkeypatch).pass_days(21)
    late = await me.post(path, comment_body(planned))
    assert (late.status_code, late.json()["code"]) == (409, "round_not_open"), "also before the schedule closes it"


async def test_rounds_open_and_close_by_time(
    text: UnderReview, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"opens": to_text(now() + timedelta(days=1)), "closes": to_text(now() + timedelta(days=3))}
    path = f"{text.edition_path}/review_rounds"
    made = await entered(text.editor, path, {**body, "contributions": [text.contribution["id"]]})
    assert (made["status"], made["number"], made["audience"]) == ("planned", 1, "experts")
    assert (await text.author.post(path, {**body, "contributions": [text.contribution["id"]]})).status_code == 403
    wrong = await text.editor.post(path, {**body, "contributions": [str(uuid4())]})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/contributions/0")
    clock = calendar(monkeypatch)
    for status in ("open", "answering"):
        clock.pass_days(2)
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await apply_scheduled(uow)
        assert (await text.editor.get(made["links"]["self"])).json()["status"] == status


async def test_a_frozen_edition_is_reviewed_no_more(text: UnderReview, superuser: asyncpg.Connection) -> None:
    await superuser.execute("UPDATE action_edition SET status = 'frozen' WHERE id = $1", text.edition["id"])
    body = {"opens": to_text(now()), "closes": to_text(now() + timedelta(days=3))}
    response = await text.editor.post(
        f"{text.edition_path}/review_rounds", {**body, "contributions": [text.contribution["id"]]}
    )
    assert (response.status_code, response.json()["code"]) == (409, "edition_frozen")


async def test_a_comment_is_reopened_once(
    text: UnderReview, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_round = await opened(text)
    me = await reviewer(text, of_round, superuser, monkeypatch)
    said, gone = await commented(me, text, of_round), await commented(me, text, of_round)
    assert (await stepped(me, gone, "withdraw"))["status"] == "withdrawn"
    missing = await text.author.step(said["links"]["self"], "answer", reason="Yes.")
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (422, "/fields/decision")
    assert (await me.step(said["links"]["self"], "answer", reason="Yes.")).status_code == 403
    await answered(text, [said])
    assert (await text.author.step(said["links"]["self"], "reopen")).status_code == 403
    assert (await stepped(me, said, "reopen", reason="Where?"))["status"] == "open"
    await answered(text, [said])
    again = (await me.get(said["links"]["self"])).json()
    assert await refused(text.editor, again, "reopen") == "reopened_before"
    assert (await me.get(f"{said['links']['self']}/history")).status_code == 403, "it says who answered"


async def test_governments_comment_and_consent(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, posted: Mailbox
) -> None:
    text = await under_review(admin, superuser, monkeypatch, outline_key="alphaland")
    abroad = official(admin, monkeypatch, "XB")
    assert (await abroad.get(text.path)).status_code == 404
    of_round = await opened(text, "governments")
    found = (await abroad.get("/actions/v1/review_rounds?status=open")).json()["items"]
    assert of_round["id"] in {one["id"] for one in found}
    said = await commented(abroad, text, of_round)
    assert said["government"] == "XB"
    seen = (await text.author.get(said["links"]["self"])).json()
    assert (seen["government"], seen["created_by"], seen["text"]) == (None, None, said["text"])
    assert (await abroad.get(text.path)).json()["authors"] == []
    of_round = await stepped(text.editor, of_round, "close")
    await answered(text, [said])
    await stepped(text.editor, of_round, "complete")
    assert (await abroad.get(text.path)).status_code == 404
    now_ = (await text.editor.get(text.path)).json()
    assert await refused(text.editor, now_, "clear") == "national_consent_missing"
    focal, publisher = official(admin, monkeypatch, "XA"), official(admin, monkeypatch, "XA", "national_publisher")
    assert (await focal.step(text.path, "consent")).status_code == 403
    waiting = (await publisher.get("/actions/v1/contributions?holder=me")).json()["items"]
    assert text.contribution["id"] in {one["id"] for one in waiting}
    consented = await stepped(publisher, now_, "consent")
    assert (consented["status"], consented["consent"]["version"]) == ("in_review", 1)
    await stepped(text.editor, now_, "return", reason="One more number.")
    assert (await publisher.get(text.path)).json()["consent"] is None, "it was about another version"


async def test_an_author_does_not_clear(
    text: UnderReview, admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = CALLERS[text.author.name]
    both = f"editor and {key.name}"
    mine = CALLERS[text.editor.name].grants + key.grants
    monkeypatch.setitem(CALLERS, both, type(key)(key.kind, key.id, both, mine))
    now_ = (await text.editor.get(text.path)).json()
    assert await refused(admin.known_as(both), now_, "clear") == "is_an_author"
    of_round = await opened(text)
    me = await reviewer(text, of_round, superuser, monkeypatch)
    said = await commented(me, text, of_round)
    author_and_editor = admin.known_as(both)
    assert (await author_and_editor.get(f"{text.path}/reviewers")).json()["items"] == []
    assert (await author_and_editor.get(said["links"]["self"])).json()["created_by"] is None
    assert (await author_and_editor.get(f"{said['links']['self']}/history")).json()["items"] == []
    await answered(text, [said])
    assert await refused(author_and_editor, {**said, "status": "answered"}, "resolve") == "is_an_author"
    own = await author_and_editor.post(f"{text.path}/comments", comment_body(of_round))
    assert (own.status_code, own.json()["code"]) == (409, "is_an_author")


async def test_comments_go_through_a_spreadsheet(
    text: UnderReview, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_round, ref = await opened(text), text.contribution["ref"]
    me = await reviewer(text, of_round, superuser, monkeypatch)
    first = await commented(me, text, of_round)
    await answered(text, [first])
    lines = [
        ("soils", "3", "3", "From a sheet."),
        (ref, "1", "2", "Another one."),
        (ref, "9", "9", "Nowhere."),
        ("elsewhere", "1", "1", "Unknown."),
        (ref, "x", "1", "No number."),
        ("soils", "3", "3", "From a sheet."),
    ]
    for caller in (me, text.editor, text.author):
        await enter_principal(superuser, CALLERS[caller.name])
    sheet = Importer(me.http, me.name, "actions")
    result = await sheet.bring("comments", csv_of("chapter,from,to,comment", lines))
    assert result["counts"] == counts(created=2, unchanged=1, failed=3)
    problems = [row["problem"] for row in await sheet.failures(result)]
    assert problems == ["unknown_block", "unknown_reference", "invalid_format"]
    path = f"{text.edition_path}/comments"
    before = (await text.editor.get(f"{path}?sort=number")).json()["items"]
    assert [(one["number"], one["from"], one["to"]) for one in before] == [(1, 2, 2), (2, 3, 3), (3, 1, 2)]
    book = await text.editor.get(f"{path}?format=xlsx&sort=number")
    assert book.headers["content-type"].startswith("application/vnd.openxmlformats-officedocument.spreadsheetml")
    editors = Importer(text.editor.http, text.editor.name, "actions")
    media = book.headers["content-type"].partition(";")[0]
    again = await editors.bring("comments", book.content, "comments.xlsx", media=media)
    assert again["counts"] == counts(unchanged=3)
    assert (await text.editor.get(f"{path}?sort=number")).json()["items"] == before, "numbers, answers and places stay"
    assert (await sheet.bring("comments", csv_of("chapter,from,to,comment", lines)))["counts"] == counts(
        unchanged=3, failed=3
    )
    other = Importer(text.author.http, text.author.name, "actions")
    refused_ = await other.bring("comments", csv_of("chapter,from,to,comment", lines[:1]))
    assert refused_["counts"] == counts(failed=1)
    mine = (await me.get(path)).json()["items"]
    assert len(mine) == 3


async def test_nothing_is_cleared_beside_a_comment(
    text: UnderReview, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at once: a round is complete and a contribution cleared without an open comment, whoever comes first."""
    of_round = await opened(text)
    me = await reviewer(text, of_round, superuser, monkeypatch)
    said = [await commented(me, text, of_round) for _ in range(6)]
    await answered(text, said)
    of_round = await stepped(text.editor, of_round, "close")
    taken = (409, "")
    for one in said:
        tried = await asyncio.gather(
            text.editor.step(of_round["links"]["self"], "complete"), me.step(one["links"]["self"], "reopen")
        )
        taken = (tried[0].status_code, tried[1].status_code)
        assert taken in ((200, 409), (409, 200)), [each.text for each in tried]
        if taken[0] == 200:
            break
        assert tried[0].json()["reason"] == "comments_open"
        await answered(text, [one])
    if taken[0] == 409:
        await stepped(text.editor, of_round, "complete")
    cleared, again = await asyncio.gather(
        text.editor.step(text.path, "clear"), me.step(said[-1]["links"]["self"], "reopen")
    )
    assert (cleared.status_code, again.status_code) == (200, 409)
    assert cleared.json()["comments"]["open"] == 0


@pytest.mark.parametrize("blind", ["open", "single", "double"])
async def test_who_is_hidden_from_whom(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, posted: Mailbox, blind: str
) -> None:
    """No way out names who the edition hides: items, lists, chosen fields, histories, files, filters, exports."""
    text = await under_review(admin, superuser, monkeypatch, blind)
    of_round = await opened(text, "both")
    me, abroad = await reviewer(text, of_round, superuser, monkeypatch), official(admin, monkeypatch, "XB")
    said = [await commented(by, text, of_round) for by in (me, abroad)]
    await stepped(text.author, said[0], "answer", reason="Yes.", fields={"decision": "accepted"})
    writer, reader, other = (str(CALLERS[one.name].id) for one in (text.author, me, abroad))
    authors, experts = text.contribution["authors"][0]["expert_id"], me.name.removeprefix("expert ")
    ways = [
        text.path,
        f"{text.path}?fields=authors,created_by,updated_by",
        f"/actions/v1/contributions?edition_id={text.edition['id']}",
        f"/actions/v1/contributions?edition_id={text.edition['id']}&format=ndjson",
        f"{text.path}/history",
        f"{text.path}/transitions",
        f"{text.path}/versions",
        f"{text.path}/versions/1",
        f"{text.path}/reviewers",
        f"{text.path}/comments",
        f"{text.path}/comments?format=csv",
        f"{text.edition_path}/comments?format=csv",
        f"{text.edition_path}/review_rounds",
        "/actions/v1/reviewers",
        "/actions/v1/comments",
        *(f"{one['links']['self']}{part}" for one in said for part in ("", "/history", "/transitions")),
    ]

    async def seen(by: Caller) -> str:
        own = CALLERS[by.name]
        return " ".join([response.text for way in ways if (response := await by.get(way))]).replace(str(own.id), "")

    as_author, as_reviewer, as_official = await seen(text.author), await seen(me), await seen(abroad)
    assert (reader in as_author, other in as_author) == (blind == "open", blind == "open")
    assert experts not in as_author, "nobody lists reviewers to authors"
    assert '"XB"' not in as_author or blind == "open"
    for found in (as_reviewer, as_official):
        assert (authors in found, writer in found) == (blind != "double", blind != "double")
        assert ("Secret note" in found, "A fund" in found) == (blind != "double", blind != "double")
    assert other not in as_reviewer
    assert reader not in as_official
    unknown = [("comments", "by_id"), ("comments", "answered_by_id")]
    unknown += [("contributions", "corresponding_id"), ("contributions", "editor_id")]
    for by in (text.author, me, text.editor):
        for kind, name in unknown:
            refused_ = await by.get(f"/actions/v1/{kind}?{name}={CALLERS[text.author.name].id}")
            assert (refused_.status_code, refused_.json()["code"]) == (400, "unknown_parameter"), "no filter tells"


async def test_no_warning_about_a_text_names_who_sent_it(
    text: UnderReview, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A word processor links to files of the computer on which somebody wrote."""
    me = await reviewer(text, await opened(text), superuser, monkeypatch)
    await stepped(text.editor, text.contribution, "return", reason="Where?")
    number = await send_version(text.author, text.path, "Peat is [here](file:///home/hidden/peat.docx).")
    for tail in ("versions", f"versions/{number}"):
        known, hidden = [(await by.get(f"{text.path}/{tail}")).text for by in (text.author, me)]
        assert ("file:///home/hidden/peat.docx" in known, "unsafe_link" in known) == (True, True)
        assert ("hidden" in hidden, "unsafe_link" in hidden) == (False, False)
        assert '"warnings":[]' in hidden


async def test_what_is_hidden_stays_hidden(
    text: UnderReview, admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever of two reviewers comments, the author reads the same but for ids and instants."""
    of_round = await opened(text)
    said = []
    for _ in range(2):
        me = await reviewer(text, of_round, superuser, monkeypatch)
        said.append(await commented(me, text, of_round, text="The same."))
    read = [(await text.author.get(one["links"]["self"])).json() for one in said]
    apart = ("id", "ref", "number", "created_at", "updated_at", "links")
    first, second = ({name: value for name, value in one.items() if name not in apart} for one in read)
    assert first == second
    chief = editor(admin, text.edition, monkeypatch, "editor_in_chief")
    changed = await chief.change(text.edition_path, review={"blind": "open"})
    assert (changed.status_code, changed.json()["code"]) == (409, "conflict"), "a round has opened"
