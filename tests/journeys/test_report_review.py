"""The chapter of a country is reviewed by an expert and by governments, answered, consented to and cleared, by roles
alone; nobody learns who is hidden from them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.journeys.global_report.people import appointed, key_of, new_edition, new_expert, read, waits
from tests.journeys.paths.world import V1, World
from tests.support.mailbox import text_of
from tests.support.running import Person, eventually

COUNTRY, ABROAD = "VU", "KI"
_V1 = V1["actions"]
_OUTLINE = [{"key": "vanuatu", "titles": {"en": "Vanuatu"}, "kind": "country", "country": COUNTRY}]


def _in_review(author: Person, expert: str, chief: Person, edition: dict[str, Any]) -> str:
    """The address of a chapter that its editor has taken up."""
    me = {"expert_id": expert, "roles": ["writing-original-draft"], "corresponding": True}
    body = {"titles": {"en": "Vanuatu"}, "abstract": {"en": "Islands."}, "conflicts": "None.", "authors": [me]}
    made = author.create(f"{_V1}/contributions", {"edition_id": edition["id"], "outline_key": "vanuatu", **body})
    path = str(made["links"]["self"])
    chief.step(path, "accept")
    author.step(path, "confirm_authorship")
    job = read(author, path, json={"body": "# Vanuatu\n\nMangroves protect the coast.\n\nMost are old."})
    assert job["status"] == "succeeded", job
    author.step(path, "submit")
    chief.step(path, "take")
    return path


def test_a_chapter_is_reviewed_and_cleared(world: World) -> None:
    admin, chief = world.caller("admin"), world.person("Chi Chief")
    edition = new_edition(admin, 2198, _OUTLINE, review={"blind": "double"})
    path = str(edition["links"]["self"])
    appointed(admin, chief, "editor_in_chief", edition)
    chief.step(path, "open_call")
    author, of_author = new_expert(world, "Ana Author", COUNTRY)
    reviewer, of_reviewer = new_expert(world, "Rae Reviewer", COUNTRY)
    writer, expert = key_of(of_author), key_of(of_reviewer)
    text = _in_review(author, writer, chief, edition)
    instants = {"opens": datetime.now(UTC).isoformat(), "closes": (datetime.now(UTC) + timedelta(days=9)).isoformat()}
    chosen = {"audience": "both", "contributions": [text.rpartition("/")[2]]}
    of_round = chief.create(f"{path}/review_rounds", {**instants, **chosen})
    chief.step(of_round["links"]["self"], "open")

    refused = chief.send("POST", f"{text}/reviewers", json={"expert_id": writer, "round": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "is_an_author")
    invitation = chief.create(f"{text}/reviewers", {"expert_id": expert, "round": 1})
    waits(reviewer, "reviewers", invitation["ref"], "accept")
    eventually(
        lambda: "reviewer.created" in {one["event"] for one in reviewer.get(f"{V1['access']}/notifications")["items"]}
    )
    assert reviewer.look(text).status_code == 404
    reviewer.step(invitation["links"]["self"], "accept")
    assert (reviewer.get(text)["authors"], reviewer.get(text)["created_by"]) == ([], None)
    focal = world.caller("government_focal_point", ABROAD)
    place = {"round": 1, "from": 2}
    said = [
        reviewer.create(f"{text}/comments", {**place, "quote": "protect the coast", "text": "Since when?"}),
        focal.create(f"{text}/comments", {**place, "kind": "fact", "text": "From storms."}),
    ]
    assert [one["number"] for one in said] == [1, 2]
    for one in said:
        waits(author, "comments", one["ref"], "answer")
    seen = author.get(f"{text}/comments")["items"]
    assert [(one["text"], one["created_by"], one["government"]) for one in seen] == [
        ("Since when?", None, None),
        ("From storms.", None, None),
    ]
    eventually(
        lambda: "comment.created" in {one["event"] for one in author.get(f"{V1['access']}/notifications")["items"]}
    )
    chief.step(of_round["links"]["self"], "close")
    late = reviewer.send("POST", f"{text}/comments", json={**place, "text": "One more."})
    assert (late.status_code, late.json()["code"]) == (409, "round_not_open")
    waits(chief, "review_rounds", of_round["ref"], "complete")
    author.step(said[0]["links"]["self"], "answer", reason="1900.", fields={"decision": "accepted"})
    assert chief.try_step(text, "clear").json()["reason"] == "comments_open"
    author.step(said[1]["links"]["self"], "answer", reason="Yes.", fields={"decision": "noted"})
    assert focal.get(said[1]["links"]["self"])["answer"] == "Yes."
    reviewer.step(said[0]["links"]["self"], "resolve")
    chief.step(of_round["links"]["self"], "complete")
    assert reviewer.look(text).status_code == 404
    assert chief.try_step(text, "clear").json()["reason"] == "national_consent_missing"
    publisher = world.caller("national_publisher", COUNTRY)
    publisher.step(text, "consent")
    assert chief.step(text, "clear")["comments"] == {"open": 0, "answered": 1, "resolved": 1}
    names_of_reviewer = (reviewer.account, reviewer.email, "Rae Reviewer", expert, invitation["ref"])
    _learns_nothing(world, author, writer, names_of_reviewer)
    _learns_nothing(world, reviewer, expert, (author.account, author.email, "Ana Author", writer))


def _learns_nothing(world: World, person: Person, own: str, hidden: tuple[str, ...]) -> None:
    """Neither the export about oneself, nor the feed, the work list, the notifications, calendars or mails name who is
    hidden."""
    job = person.finished(person.start(f"{V1['membership']}/experts/{own}/subject_export", {}))
    ways = [str(job["result_url"]), f"{V1['access']}/events?limit=1000"]
    ways += [f"{V1['access']}/work_list", f"{V1['access']}/notifications"]
    kinds = ["editions", "review_rounds", "contributions"]
    ways.append(str(person.create(f"{_V1}/calendars", {"kinds": kinds, "language": "en"})["url"]))
    said = {f"mail {mail['Subject']}": mail.as_string() + text_of(mail) for mail in world.mails(person.email)}
    assert said, "the person was mailed"
    for way in ways:
        response = person.look(way)
        assert response.status_code == 200, response.text
        said[way] = response.text
    for way, text in said.items():
        found = [text[max(0, text.index(one) - 700) :][:1000] for one in hidden if one in text]
        assert found == [], way
