"""Six stories, each step by the role that takes it in practice. An administrator designates a centre, and nothing else.

The table of `docs/development/testing.md` has how many writes each story takes."""

import csv
import re
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

from deploy.local.folder import PROJECT
from tests.journeys.paths.path import day
from tests.journeys.paths.world import DOCUMENT, V1, World, declaration
from tests.support.running import Client, Person, eventually

_ACCESS, _MEMBERS, _CENTRES, _ACTIONS = (V1[name] for name in ("access", "membership", "centres", "actions"))
_EXPERTS = f"{_MEMBERS}/experts"
_PAGE = (PROJECT / "docs" / "development" / "testing.md").read_text()
_SCORES = {"relevance": 5, "capacity": 4, "governance": 4, "plan": 5}
_BASELINE = {"value": 12, "unit": "stations", "date": "2026"}


class Story:
    """A country with an officer, to whom an administrator gave the role before the story begins. `people` are all who
    act."""

    def __init__(self, world: World, country: str) -> None:
        self.world, self.country = world, country
        self.officer = world.official(country, "secretariat_officer")
        self.people: list[Person] = [self.officer]

    @property
    def writes(self) -> int:
        return sum(person.writes for person in self.people)

    def comes(self, name: str, email: str = "") -> Person:
        """A person who registers."""
        self.people.append(self.world.newcomer(name, email or f"{uuid4().hex}@example.org"))
        return self.people[-1]

    def official(self, role: str) -> Person:
        """An official whom the officer invites and gives a role; a second officer confirms where two are needed."""
        person = self.world.person(role, self.officer, country=self.country)
        self.people.append(person)
        holder = {"kind": "account", "id": person.account}
        body = {"principal": holder, "role": role, "scope_kind": "country", "scope_id": self.country}
        made = self.officer.create(f"{_ACCESS}/grants", body)
        if made["status"] == "proposed":
            second = self.world.official(self.country, "secretariat_officer")
            self.people.append(second)
            second.step(made["links"]["self"], "confirm")
        assert role in person.roles
        return person

    def member(self, name: str) -> tuple[Person, str]:
        """A person who applied and was approved, and the id of their record."""
        person = self.comes(name)
        body = {"names": [{"full": f"{name} {uuid4().hex[:8]}"}], "country": self.country}
        made = person.create(_EXPERTS, {**body, "emails": [{"value": person.email}]})
        for action in ("start_review", "approve"):
            self.officer.step(made["links"]["self"], action)
        eventually(lambda: "expert" in person.roles)
        return person, str(made["id"])

    def represented(self, name: str) -> tuple[Person, str]:
        """Somebody enters their institution and becomes its representative, and the id of the institution."""
        domain = f"{uuid4().hex}.example.com"
        rector = self.comes("Rosa Rector", f"rosa@{domain}")
        names = [{"value": f"{name} {uuid4().hex[:8]}", "language": "en", "types": ["ror_display"]}]
        body = {"names": names, "country": self.country, "domains": [domain]}
        made = rector.create(f"{_MEMBERS}/institutions", body)
        scope = {"scope_kind": "institution", "scope_id": made["id"]}
        holder = {"kind": "account", "id": rector.account}
        asked = rector.create(f"{_ACCESS}/grants", {"principal": holder, "role": "institution_representative", **scope})
        self.officer.step(made["links"]["self"], "verify")
        self.officer.step(asked["links"]["self"], "confirm")
        return rector, str(made["id"])

    def committee(self) -> Person:
        """The secretary of the committee that they enter."""
        secretary = self.official("committee_secretary")
        body = {"country": self.country, "names": {"en": f"Committee of {self.country}"}}
        secretary.create(f"{_CENTRES}/committees", body)
        return secretary

    def endorsed(self, level: int) -> None:
        focal_point = self.official("government_focal_point")
        body = {"country": self.country, "body": {"name": "Ministry", "kind": "ministry"}, "document": DOCUMENT}
        made = focal_point.create(f"{_ACTIONS}/endorsements", {**body, "level": level})
        self.officer.step(made["links"]["self"], "verify")

    def may(self, who: Client, path: str, verb: str) -> None:
        """Waits until this caller may take the step: facts of other services take a moment."""
        eventually(lambda: verb in [one["action"] for one in who.get(path)["allowed_actions"] if one["allowed"]])

    def takes(self, name: str) -> None:
        """The story ends; the page has its number of writes."""
        (said,) = re.findall(rf"^\| {name} \|.*\| (\d+) \|$", _PAGE, re.MULTILINE)
        assert self.writes == int(said), f"docs/development/testing.md has {said} writes for {name}"


def test_a_member_applies_is_found_signs_and_is_renewed(world: World) -> None:
    story = Story(world, "PY")
    person = story.comes("Nadia Newcomer")
    body = {"names": [{"full": f"Nadia {uuid4().hex[:8]}"}], "country": "PY", "emails": [{"value": person.email}]}
    made = person.create(_EXPERTS, body)
    path, key = str(made["links"]["self"]), made["id"]
    story.officer.step(path, "start_review")
    last = date.fromisoformat(day(30))
    starts = last.replace(year=last.year - 4) + timedelta(days=1)
    fields = {"starts": starts.isoformat(), "ends": last.isoformat()}
    assert story.officer.step(path, "approve", fields=fields)["status"] == "active"
    eventually(lambda: "expert" in person.roles)
    consent = {"expert_id": key, "purpose": "listing", "notice_version": "2026", "language": "en"}
    person.create(f"{_MEMBERS}/consents", consent)
    person.change(path, {"visibility": "public"})
    assert world.everybody.get(path).status_code == 200
    texts = {"titles": {"en": "Reefs"}, "texts": {"en": "We keep the reefs."}}
    initiative = story.officer.create(f"{_MEMBERS}/initiatives", {"code": f"R{uuid4().hex[:8].upper()}", **texts})
    story.officer.step(initiative["links"]["self"], "open")
    support = person.create(f"{_MEMBERS}/supports", {"initiative_id": initiative["id"], "expert_id": key})
    assert person.step(support["links"]["self"], "verify")["status"] == "accepted"
    person.step(path, "confirm_profile")
    declared = person.create(f"{_MEMBERS}/declarations", declaration(person, key))["links"]["self"]
    person.step(declared, "sign")
    story.officer.step(declared, "assess", reason="Nothing to manage", fields={"outcome": "cleared"})
    story.may(person, path, "renew")
    assert person.step(path, "renew")["next_term"]["starts"] == day(31)
    story.takes("member")


def test_a_centre_is_applied_for_reviewed_and_designated(world: World) -> None:
    story = Story(world, "HT")
    rector, host = story.represented("University")
    director, director_id = story.member("Dora Director")
    parts = {"unit": "Faculty", "terms_of_reference": DOCUMENT, "work_plan": DOCUMENT, "host_letter": DOCUMENT}
    body = {"country": "HT", "names": {"en": "Centre"}, "host_institution_id": host, "director_id": director_id}
    path = str(rector.create(f"{_CENTRES}/centres", {**body, **parts})["links"]["self"])
    rector.step(path, "submit")
    story.officer.step(path, "accept_complete")
    for name in ("Rosa Reviewer", "Raul Reviewer"):
        reviewer, expert = story.member(name)
        invited = story.officer.create(f"{path}/reviewers", {"expert_id": expert, "due": day(30)})["links"]["self"]
        eventually(lambda one=reviewer, to=invited: one.look(to).status_code == 200)
        reviewer.step(invited, "accept")
        eventually(lambda one=reviewer: "reviewer" in one.roles)
        review = {"reviewer_id": expert, "scores": _SCORES, "recommendation": "designate"}
        reviewer.create(f"{path}/reviews", review)
    story.officer.step(path, "recommend")
    parties = [
        {"name": "The host", "signatory": "Head", "institution_id": host},
        {"name": "The network", "signatory": "Head"},
    ]
    hosting = {"centre_id": path.rpartition("/")[2], "kind": "host", "document": DOCUMENT, "parties": parties}
    agreement = str(rector.create(f"{_CENTRES}/agreements", hosting)["links"]["self"])
    rector.step(agreement, "send")
    rector.step(agreement, "sign", fields={"party": "The host"})
    assert story.officer.step(agreement, "sign", fields={"party": "The network"})["status"] == "in_force"
    story.endorsed(2)
    admin = world.person("Amina Admin")
    story.people.append(admin)
    world.grant(admin.account, "secretariat_admin", "")
    story.may(admin, path, "designate")
    assert admin.step(path, "designate")["status"] == "active"
    eventually(lambda: "centre_director" in director.roles)
    found = eventually(lambda: director.get(f"{_MEMBERS}/certificates", centre_id=path.rpartition("/")[2])["items"])
    assert found[0]["kind"] == "designation"
    story.takes("centre")


def test_a_programme_is_planned_started_and_reaches_a_milestone(world: World) -> None:
    story = Story(world, "UY")
    secretary = story.committee()
    author, publisher = story.official("national_author"), story.official("national_publisher")
    made = author.create(f"{_ACTIONS}/programmes", {"country": "UY", "framework": "3+1/2026"})
    path = str(made["links"]["self"])
    story.may(author, path, "launch")
    author.step(path, "launch")
    actions = []
    for pillar in ("action-1", "action-2", "action-3"):
        body = {"programme_id": made["id"], "pillar": pillar, "titles": {"en": pillar}, "baseline": _BASELINE}
        actions.append(str(author.create(f"{_ACTIONS}/actions", body)["links"]["self"]))
    _, host = story.represented("Institute")
    centre = {"country": "UY", "names": {"en": "Centre"}, "host_institution_id": host}
    author.change(path, {"centre_id": secretary.create(f"{_CENTRES}/centres", centre)["id"]})
    story.may(author, path, "submit_plan")
    author.step(path, "submit_plan")
    story.officer.step(path, "approve")
    story.endorsed(3)
    story.may(publisher, path, "start")
    assert publisher.step(path, "start")["status"] == "implementing"
    for action in actions:
        publisher.step(action, "approve")
        publisher.step(action, "start")
    body = {"action_id": actions[0].rpartition("/")[2], "titles": {"en": "First samples"}, "due": day(90)}
    milestone = str(author.create(f"{_ACTIONS}/milestones", body)["links"]["self"])
    author.step(milestone, "start")
    author.step(milestone, "claim", fields={"evidence": DOCUMENT})
    assert story.officer.step(milestone, "verify")["status"] == "done"
    story.takes("programme")


def test_who_attended_a_congress_gets_a_certificate(world: World, tmp_path: Path) -> None:
    story = Story(world, "KN")
    person, key = story.member("Ina Moor")
    code = f"F-{uuid4().hex[:12].upper()}"
    body = {"code": code, "titles": {"en": "Forum"}, "country": "KN", "mode": "onsite", "starts": day(), "ends": day()}
    congress = story.officer.create(f"{_MEMBERS}/congresses", {**body, "visibility": "public"})
    story.officer.step(congress["links"]["self"], "hold")
    registered = {"congress_id": congress["id"], "expert_id": key, "role": "speaker"}
    participation = story.officer.create(f"{_MEMBERS}/participations", registered)["links"]["self"]
    story.officer.step(participation, "attend")
    file = tmp_path / "list.csv"
    with file.open("w", newline="", encoding="utf-8") as lines:
        head = ("congress", "full_name", "country", "organisation", "email", "role", "attended")
        rows = [(code, f"Guest {n}", "KN", "N/A", "", "participant", "true") for n in range(3)]
        listed = (code, "Professor Moor", "KN", "N/A", person.email.upper(), "chair", "true")
        csv.writer(lines).writerows([head, *rows, listed])
    done = story.officer.upload(f"{_MEMBERS}/imports", file, resource="participations", source="Registrations")
    assert done["result"]["counts"]["created"] == 4
    own = person.get(f"{_MEMBERS}/participations", congress_id=congress["id"])["items"]
    assert {one["role"]: one["expert_id"] for one in own} == {"speaker": key, "chair": key}
    found = eventually(lambda: person.get(f"{_MEMBERS}/certificates", kind="participation")["items"])
    verified = world.everybody.get(f"{_MEMBERS}/certificates/verify/{found[0]['code']}")
    assert verified.status_code == 200
    story.takes("congress")


def test_a_country_gets_the_help_of_an_expert(world: World) -> None:
    story = Story(world, "TT")
    author, focal_point = story.official("national_author"), story.official("government_focal_point")
    texts = {"titles": {"en": "Peatlands"}, "need": {"en": "We want to map our peatlands."}}
    path = str(
        author.create(f"{_ACTIONS}/support_requests", {"country": "TT", "kind": "review", **texts})["links"]["self"]
    )
    author.step(path, "submit")
    story.officer.step(path, "accept")
    helper, key = story.member("Hana Helper")
    offer = str(story.officer.create(f"{path}/offers", {"expert_id": key})["links"]["self"])
    eventually(lambda: helper.look(offer).status_code == 200)
    helper.step(offer, "accept")
    focal_point.step(offer, "confirm")
    story.officer.step(path, "start")
    file = helper.send_evidence(b"What we found.", title="Found", scope_id=key)
    document = {"title": "Found", "date": day(), "evidence_id": file["id"]}
    helper.step(path, "deliver", fields={"document": document})
    assert focal_point.step(path, "confirm", fields={"rating": 5})["status"] == "closed"
    story.takes("support")


def test_an_office_of_a_ministry_begins_works_and_passes_on(world: World) -> None:
    story = Story(world, "VC")
    first, second = (world.person(name, story.officer, country="VC") for name in ("Fay First", "Sue Successor"))
    story.people += [first, second]
    named = {"country": "VC", "person": {"name": "Fay First"}, "account_id": first.account, "letter": DOCUMENT}
    point = str(story.officer.create(f"{_ACTIONS}/focal_points", named)["links"]["self"])
    story.officer.step(point, "accept")
    eventually(lambda: "government_focal_point" in first.roles)
    letter = {"country": "VC", "direction": "in", "date": day(), "subject": "Stations", "parties": ["Fay First"]}
    came = first.create(f"{_ACTIONS}/correspondence", letter)
    story.officer.step(came["links"]["self"], "await")
    reply = {"country": "VC", "direction": "out", "subject": "Re: Stations", "reply_to": came["id"]}
    story.officer.create(f"{_ACTIONS}/correspondence", reply)
    assert first.get(came["links"]["self"])["status"] == "answered"
    successor = {"person": {"name": "Sue Successor"}, "account_id": second.account, "letter": DOCUMENT}
    first.step(point, "hand_over", fields={"until": day(), "successor": successor})
    eventually(lambda: "government_focal_point" in second.roles)
    story.officer.step(point, "end")
    assert first.roles == set()
    story.takes("officials")
