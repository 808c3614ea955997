"""One country's records of every kind, some published and some not, made by the services."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from json import dumps
from random import choices
from string import ascii_lowercase
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from deploy.matrix.operations import operations
from services.access.principals.accounts.passwords import hash_password
from shared.kernel.clock import now, to_text, today
from tests.actions.neighbours import enter
from tests.actions.programme import framework
from tests.authorization.collaboration import enter_collaboration
from tests.authorization.consenting import PASSWORD, enter_consent, enter_factor
from tests.authorization.evaluating import evaluate
from tests.authorization.identities import enter_identity
from tests.authorization.kinds import ABOVE, PUBLISHED, TABLES, named
from tests.authorization.parts_of_actions import enter_reports, enter_support
from tests.authorization.plain import body_of, plain_kinds
from tests.authorization.signing_keys import enter_signing_key
from tests.support.callers import Caller
from tests.support.centres import DOCUMENT, sections
from tests.support.signing_in import BACK

Record = dict[str, Any]
ADMIN = "admin"
INDICATOR = {
    "level": "outcome", "measure": "unit", "unit": {"code": "ha", "label": "hectares"}, "across": "sum",
    "over_time": "latest",
}  # fmt: skip
PERIOD = {
    "starts": "2026-01-01", "ends": "2026-12-31", "opens_on": "2090-01-01", "due_on": "2090-03-31",
    "closes_on": "2090-04-30",
}  # fmt: skip


def rule_of(indicator_id: str) -> Record:
    """A validation rule of the numbers of an indicator."""
    compared = {"left": {"terms": [{"indicator": indicator_id}]}, "right": {"constant": "1"}}
    return {"code": f"W-{uuid4().hex[:12]}", "severity": "error", "operator": "less_than", **compared}


_DEADLINES = ("opens", "nominee_deadline", "nominator_deadline")

_PENDING = """
INSERT INTO core_pending_transition (id, resource, record_id, record_ref, record_version, action, fields, status,
    proposer_kind, proposer_id, concerned, country, visibility, created_at, expires_at)
VALUES (uuidv7(), $1, $2, $3, 1, 'a step', '{}', 'pending', 'account', uuidv7(), '{}', $4, 'restricted', now(),
    now() + interval '1 day') RETURNING id
"""
_OF_TWO = [
    (operation.service, operation.resource)
    for operation in operations()
    if operation.method == "GET" and operation.path.endswith("/{record}/transitions/pending")
]
"""The kinds of record with transitions that a second person confirms."""
_NO_WORDING = """
UPDATE member_certificate_template SET status = 'retired' WHERE kind = 'authorship' AND status = 'active'
"""
"""Retires the shipped wording, so that what a step puts in force is the only one."""
_NOTIFICATION = """
INSERT INTO access_notification (id, account_id, kind, event, resource, record_id, ref, link, day, at, mail)
SELECT uuidv7(), principal_id, 'grant', 'grant.activated', 'access.grants', id, ref, '/grants/' || id, now(), now(),
    'none' FROM access_grant WHERE id = $1 RETURNING id, ref
"""
_WITH_EXPERT = ("member_affiliation", "member_expert_value")


@dataclass
class CountryFixture:
    """A country's records by plural; all their texts contain `word`."""

    country: str
    word: str
    records: dict[str, Record] = field(default_factory=dict)
    open_initiative: str = ""
    """The id of an initiative that everybody may sign."""
    activity: str = ""
    """The ref of an action that everybody may read."""
    report: str = ""
    """The ref of a progress report that everybody may read."""
    reviewer: str = ""
    """The id of an expert whom everybody may know, without an account."""
    document: str = ""  # the id of a file of evidence that everybody may read

    def id(self, plural: str) -> str:
        return str(self.records[plural]["id"])

    def id_at(self, address: str) -> str:
        """The id of the record at the address of its kind."""
        _, service, _, plural = address.split("/")
        return self.id(named(service, plural))

    def above(self, plural: str) -> str:
        """The id of the record through which a grant over one record includes this one."""
        above = ABOVE.get(plural, plural)
        return self.id(plural) if above == plural else self.above(above)


class Seeder:
    """Creates records as the administrator, restricted and in their first state; signs in to access as the visitor."""

    def __init__(self, callers: dict[str, Caller], visitor: Caller, superuser: asyncpg.Connection) -> None:
        self._callers = callers
        self.visitor = visitor
        self.superuser = superuser
        self._initiative = ""

    async def seed(self, country: str, word: str, *, published: bool = False) -> CountryFixture:
        """A country with one record of every kind."""
        fixture = CountryFixture(country, word)
        kinds = (
            self._members, self._centres, self._government, self._actions, partial(enter_support, self),
            partial(enter_reports, self), partial(enter_collaboration, self), self._access, self._plain,
            self._pending,
        )  # fmt: skip
        for enter_kind in kinds:
            await enter_kind(fixture)
        await self._make_room(fixture)
        if published:
            await self._publish(fixture)
        return fixture

    async def enter(self, fixture: CountryFixture, service: str, plural: str, **body: Any) -> Record:
        path = f"/{service}/v1/{plural}"
        response = await self._callers[service].post(path, body)
        assert response.status_code == 201, f"{path}: {response.text}"
        fixture.records[named(service, plural.rsplit("/", 1)[-1])] = response.json()
        return dict(response.json())

    async def _members(self, fixture: CountryFixture) -> None:
        place = {"country": fixture.country, "visibility": "restricted"}
        name = {"value": f"University {fixture.word}", "language": "en", "types": ["ror_display"]}
        institution = await self.enter(
            fixture,
            "membership",
            "institutions",
            names=[name],
            domains=[f"{fixture.word}.example"],
            relations=[{"type": "related", "ror": "https://ror.org/02mhbdp94", "label": fixture.word}],
            **place,
        )
        expert = await self.enter(
            fixture, "membership", "experts", names=[{"given": "Ina", "family": fixture.word}], keywords=[fixture.word],
            emails=[{"value": f"{fixture.word}@example.org"}], biography={"en": fixture.word}, fields=["1.5"], **place,
        )  # fmt: skip
        await self._repeat(fixture, expert)
        await self.enter(
            fixture, "membership", "declarations", expert_id=expert["id"], year=today().year, notice_version="2026",
            interests=[{"kind": "other", "party": fixture.word}],
        )  # fmt: skip
        await self.enter(
            fixture, "membership", "consents", expert_id=expert["id"], purpose="contact", notice_version="2026",
            language="en", proof={"channel": "paper", "document": {**DOCUMENT, "title": fixture.word}},
        )  # fmt: skip
        await self.enter(
            fixture, "membership", "broadcasts", subjects={"en": fixture.word}, texts={"en": fixture.word},
            segment={"country": fixture.country}, purpose="outreach",
        )  # fmt: skip
        await self._nominate(fixture, place)
        congress = await self.enter(
            fixture, "membership", "congresses", code=f"C-{uuid4().hex[:20].upper()}", titles={"en": fixture.word},
            starts="2026-01-01", mode="onsite", host_institution_id=institution["id"], **place,
        )  # fmt: skip
        await self.enter(fixture, "membership", "participations", congress_id=congress["id"], expert_id=expert["id"])
        subject = {"resource": "membership.participations", "id": fixture.id("participations")}
        await self.enter(
            fixture, "membership", "certificates", kind="participation", holder={"expert_id": expert["id"]},
            subject=subject, number=f"{fixture.word} {uuid4()}",
        )  # fmt: skip
        await self._support(fixture, expert)
        await self.enter(fixture, "membership", f"experts/{expert['id']}/erasure", reason=fixture.word)
        fixture.records["erasures"] = fixture.records.pop("erasure")
        rule = {"resource": "experts", "state": "deceased", "after": "P90Y", "action": "erase"}
        await self.enter(fixture, "membership", "retention_rules", **rule, basis=fixture.word)
        template = {"titles": {"en": fixture.word}, "bodies": {"en": f"{fixture.word} {{holder}}"}}
        signatory = {"name": fixture.word, "offices": {"en": fixture.word}}
        await self.superuser.execute(_NO_WORDING)
        await self.enter(
            fixture, "membership", "certificate_templates", kind="authorship", signatory=signatory, **template
        )
        found = await self._callers["membership"].get(
            "/membership/v1/notices", params={"limit": 1, "sort": "created_at"}
        )
        (fixture.records["notices"],) = found.json()["items"]
        path = f"experts/{expert['id']}/affiliations"
        await self.enter(fixture, "membership", path, institution_id=institution["id"], role=fixture.word)
        await self._converse(fixture, "membership", "experts")
        for which in ("winners", "losers"):
            body = {"names": [{"full": f"{which} {fixture.word}"}], **place}
            response = await self._callers["membership"].post("/membership/v1/experts", body)
            fixture.records[which] = response.json()
        pair = {"winner_id": fixture.id("winners"), "loser_id": fixture.id("losers")}
        await self.enter(fixture, "membership", "merges", resource="experts", **pair)

    async def _nominate(self, fixture: CountryFixture, place: dict[str, Any]) -> None:
        """A call whose results are published, a nomination to it, and a score."""
        word = {"en": fixture.word}
        days = {name: to_text(now() + timedelta(days=n)) for n, name in enumerate(_DEADLINES)}
        criteria = [{"key": "merit", "titles": word}]
        call = await self.enter(
            fixture, "membership", "calls", code=f"C-{uuid4().hex[:20].upper()}", kind="committee", titles=word,
            texts=word, criteria=criteria, seats=1, **days, **place,
        )  # fmt: skip
        await self.superuser.execute(
            "UPDATE member_call SET status = 'published', published_at = now() WHERE id = $1", call["id"]
        )
        common = {"country": fixture.country, "visibility": "restricted", "call_id": call["id"]}
        nominator = {"name": fixture.word, "organisation": None, "office": None, "email": "n@example.org"}
        nomination = await enter(
            self.superuser, "member_nomination", status="nominated", expert_id=fixture.id("experts"),
            nominator=dumps(nominator), motivation=fixture.word, documents="[]", conflicts="[]",
            consents='{"results": false, "balance": false}', nominator_key="n@example.org",
            statement=fixture.word, **common,
        )  # fmt: skip
        score = await enter(
            self.superuser, "member_score", status="recorded", nomination_id=nomination, comment=fixture.word,
            scores='{"merit": 5}', **common,
        )  # fmt: skip
        refs = await self.superuser.fetchrow(
            "SELECT n.ref AS nomination, s.ref AS score FROM member_nomination n, member_score s"
            " WHERE n.id = $1 AND s.id = $2",
            nomination, score,
        )  # fmt: skip
        fixture.records["nominations"] = {"id": str(nomination), "ref": refs["nomination"]}
        fixture.records["scores"] = {"id": str(score), "ref": refs["score"]}

    async def _support(self, fixture: CountryFixture, expert: Record) -> None:
        """An initiative, of which the expert has signed a text that is back in its first state."""
        text = {"titles": {"en": fixture.word}, "texts": {"en": fixture.word}, "visibility": "restricted"}
        code = f"W-{uuid4().hex[:12].upper()}"
        initiative = await self.enter(fixture, "membership", "initiatives", code=code, **text)
        put = "UPDATE member_initiative SET status = $2 WHERE id = $1"
        await self.superuser.execute(put, initiative["id"], "open")
        await self.enter(
            fixture, "membership", "supports", initiative_id=initiative["id"], expert_id=expert["id"],
            organisation={"raw": fixture.word}, evidence={**DOCUMENT, "title": fixture.word},
        )  # fmt: skip
        await self.superuser.execute(put, initiative["id"], "draft")
        fixture.open_initiative = await self._open_initiative()

    async def _open_initiative(self) -> str:
        """The one that is open to everybody, whatever the country."""
        if not self._initiative:
            body = {"code": f"W-{uuid4().hex[:12].upper()}", "titles": {"en": "Open to everybody"}}
            response = await self._callers["membership"].post("/membership/v1/initiatives", body)
            self._initiative = response.json()["id"]
            put = "UPDATE member_initiative SET status = 'open' WHERE id = $1"
            await self.superuser.execute(put, self._initiative)
        return self._initiative

    async def _converse(self, fixture: CountryFixture, service: str, plural: str) -> None:
        """An internal message and another one on the file of a record."""
        path = f"{plural}/{fixture.id(plural)}/messages"
        await self.enter(fixture, service, path, text=fixture.word, audience="internal")
        await self.enter(fixture, service, path, text=fixture.word, attachments=[DOCUMENT])
        fixture.records[f"messages of {plural}"] = fixture.records.pop("messages")

    async def _repeat(self, fixture: CountryFixture, expert: Record) -> None:
        """A second record of the expert, which makes a pair."""
        emails = [{"value": email["value"]} for email in expert["emails"]]
        body = {"names": expert["names"], "emails": emails, "country": expert["country"], "visibility": "restricted"}
        response = await self._callers["membership"].post("/membership/v1/experts", body)
        assert response.json()["duplicates"], response.text
        found = "SELECT id, ref FROM member_duplicate WHERE $1 IN (a, b)"
        pair = await self.superuser.fetchrow(found, response.json()["id"])
        fixture.records["duplicates"] = {"id": str(pair["id"]), "ref": pair["ref"]}

    async def _centres(self, fixture: CountryFixture) -> None:
        place = {"country": fixture.country, "visibility": "restricted"}
        document = {**DOCUMENT, "title": fixture.word}
        host = fixture.id("institutions")
        committee = await self.enter(
            fixture, "centres", "committees", names={"en": fixture.word}, host_institution_id=host, decision=document,
            **place,
        )  # fmt: skip
        person = {"name": fixture.word}
        await self.enter(
            fixture, "centres", "seats", committee_id=committee["id"], person=person, office="member",
            **{"from": "2026-01-01"},
        )  # fmt: skip
        text = {"titles": {"en": fixture.word}, "committee_id": committee["id"]}
        held = {"kind": "online", "starts": "2026-11-01", "minutes": document}
        held = await self.enter(fixture, "centres", "committee_meetings", **text, **held)
        await self.enter(fixture, "centres", "decisions", meeting_id=held["id"], titles={"en": fixture.word})
        centre = await self.enter(
            fixture, "centres", "centres", names={"en": fixture.word}, host_institution_id=host, unit=fixture.word,
            director_id=fixture.id("experts"), themes=[fixture.word.lower()], terms_of_reference=document,
            work_plan=document, host_letter=document, **place,
        )  # fmt: skip
        party = {"name": fixture.word, "institution_id": host}
        await self.enter(
            fixture, "centres", "agreements", centre_id=centre["id"], kind="host", document=document,
            parties=[party, {"name": "The network"}],
        )  # fmt: skip
        await self._converse(fixture, "centres", "centres")
        await self.superuser.execute("UPDATE centre_centre SET status = 'under_review' WHERE id = $1", centre["id"])
        reviewer = {"names": [{"full": "A Reviewer"}], "country": fixture.country, "visibility": "network"}
        response = await self._callers["membership"].post("/membership/v1/experts", reviewer)
        fixture.records["peers"] = response.json()
        peer = fixture.id("peers")
        become = "UPDATE member_expert SET status = $2 WHERE id = $1"
        await self.superuser.execute(become, peer, "active")
        due = (today() + timedelta(days=30)).isoformat()
        await self.enter(fixture, "centres", f"centres/{centre['id']}/reviewers", expert_id=peer, due=due)
        owed = {"centre_id": centre["id"], "year": 2024, "due": "2025-03-01", "visibility": "restricted"}
        await self.enter(fixture, "centres", "annual_reports", **owed)
        code = f"W-{uuid4().hex[:12].upper()}"
        await self.enter(fixture, "centres", "networks", code=code, titles={"en": "A network"})
        await self.enter(
            fixture, "centres", "partnerships", centre_id=centre["id"], partner={"institution_id": host}, kind="data"
        )
        template = {"kind": "final_report", "version": str(uuid4()), "titles": {"en": fixture.word}}
        await self.enter(fixture, "centres", "report_templates", **template, sections=sections(fixture.word))
        await self.superuser.execute(become, peer, "prospect")
        await evaluate(self._callers["centres"], self.superuser, fixture.records, fixture.word)
        await self.enter(
            fixture, "centres", f"centres/{centre['id']}/reviews", reviewer_id=peer,
            comment=fixture.word, scores={"relevance": 5, "capacity": 4, "governance": 3, "plan": 4},
            recommendation="designate",
        )  # fmt: skip
        term = await enter(
            self.superuser, "centre_term", centre_id=centre["id"], country=fixture.country, visibility="restricted",
            status="ended", number=1, starts=date(2024, 1, 1), ends=date(2025, 1, 1),
        )  # fmt: skip
        fixture.records["terms"] = {"id": str(term)}
        former = {"centre_id": centre["id"], "country": fixture.country, "changed": "unit", "unit": fixture.word}
        await enter(self.superuser, "centre_tenure", visibility="restricted", **former)

    async def _government(self, fixture: CountryFixture) -> None:
        place = {"country": fixture.country, "visibility": "restricted"}
        names = {"en": f"Ministry {fixture.word}"}
        body = await self.enter(fixture, "actions", "government_bodies", names=names, kind="ministry", **place)
        person = {"name": fixture.word}
        await self.enter(fixture, "actions", "focal_points", person=person, body_id=body["id"], **place)
        day = {"date": "2026-03-01"}
        await self.enter(fixture, "actions", "meetings", kind="online", titles={"en": fixture.word}, **day, **place)
        await self.enter(fixture, "actions", "correspondence", direction="in", subject=fixture.word, **day, **place)
        await self._evidence(fixture)
        await self.enter(
            fixture, "actions", "indicators", country=fixture.country, code=f"W-{uuid4().hex[:12]}",
            titles={"en": fixture.word}, **INDICATOR,
        )  # fmt: skip
        await self.enter(
            fixture, "actions", "validation_rules", country=fixture.country, titles={"en": fixture.word},
            **rule_of(fixture.id("indicators")),
        )  # fmt: skip
        await self.enter(
            fixture, "actions", "endorsements", body_id=body["id"], level=3,
            document={**DOCUMENT, "title": fixture.word}, **place,
        )  # fmt: skip

    async def _evidence(self, fixture: CountryFixture) -> None:
        form = {"title": fixture.word, "country": fixture.country, "licence": fixture.word}
        file = {"file": (f"{fixture.word}.txt", fixture.word.encode(), "text/plain")}
        response = await self._callers["actions"].post("/actions/v1/evidence", data=form, files=file)
        assert response.status_code == 201, response.text
        fixture.records["evidence"] = response.json()

    async def _actions(self, fixture: CountryFixture) -> None:
        found = await self._callers["actions"].get("/actions/v1/frameworks", params={"code": "3+1/2026"})
        (fixture.records["frameworks"],) = found.json()["items"]
        scheme = {"code": "".join(choices(ascii_lowercase, k=12)), "source": "https://example.org/scheme"}
        made = await self.enter(fixture, "actions", "schemes", edition="1", titles={"en": fixture.word}, **scheme)
        codes = [{"code": "soil", "titles": {"en": fixture.word}}]
        stored = await self._callers["actions"].post(f"/actions/v1/schemes/{made['id']}/codes", codes)
        assert stored.status_code == 201, stored.text
        code = await framework(self._callers["actions"])
        period = await self.enter(fixture, "actions", "periods", framework=code, code="2026", **PERIOD)
        more_time = {"country": fixture.country, "until": today().isoformat(), "reason": fixture.word}
        await self.enter(fixture, "actions", f"periods/{period['id']}/extensions", **more_time)
        del fixture.records["extensions"]
        await self._measure(fixture)
        programme = await self.enter(
            fixture, "actions", "programmes", country=fixture.country, framework=code, visibility="restricted"
        )
        action = await self.enter(
            fixture, "actions", "actions", programme_id=programme["id"], pillar="core", titles={"en": fixture.word},
            tags=[{"scheme": fixture.word, "code": fixture.word}], descriptions={"en": fixture.word},
            locations=[{"name": fixture.word, "lat": 1, "lon": 2}],
            participants=[{"institution_id": fixture.id("institutions"), "role": 4}], planned_start="2026-01-01",
        )  # fmt: skip
        await self.enter(
            fixture, "actions", "milestones", action_id=action["id"], titles={"en": fixture.word}, due="2027-01-31",
            codes=[{"scheme": fixture.word, "code": fixture.word}],
        )  # fmt: skip

    async def _measure(self, fixture: CountryFixture) -> None:
        """A target and a result with a value of the indicator, which is a draft again, in a period that is not open
        again."""
        put, indicator = "UPDATE action_indicator SET status = $2 WHERE id = $1", fixture.id("indicators")
        await self.superuser.execute(put, indicator, "active")
        await self.enter(
            fixture, "actions", "targets", indicator_id=indicator, period_id=fixture.id("periods"),
            country=fixture.country, value="1", comment=fixture.word,
        )  # fmt: skip
        opened = "UPDATE action_period SET status = $2 WHERE id = $1"
        await self.superuser.execute(opened, fixture.id("periods"), "open")
        await self.enter(
            fixture, "actions", "results", indicator_id=indicator, period_id=fixture.id("periods"),
            country=fixture.country, value="1", method="measured", comment=fixture.word, visibility="restricted",
            evidence=[{**DOCUMENT, "title": fixture.word}],
        )  # fmt: skip
        await self.superuser.execute(opened, fixture.id("periods"), "planned")
        await self.superuser.execute(put, indicator, "draft")
        count = "UPDATE action_result SET published_at = now() WHERE id = $1"
        await self.superuser.execute(count, fixture.id("results"))
        hide = "UPDATE action_target SET visibility = 'restricted' WHERE id = $1"
        await self.superuser.execute(hide, fixture.id("targets"))

    async def _access(self, fixture: CountryFixture) -> None:
        account = await self.enter(
            fixture, "access", "accounts", email=f"{fixture.word}.{uuid4().hex[:8]}@example.org", name=fixture.word,
            country=fixture.country,
        )  # fmt: skip
        scope = {"scope_kind": "country", "scope_id": fixture.country}
        holder = {"kind": "account", "id": account["id"]}
        await self.enter(
            fixture, "access", "grants", principal=holder, role="national_author", reason=fixture.word, **scope
        )
        named = {"name": fixture.word, "contacts": [account["id"]], **scope}
        reading = {"resources": ["membership.*"], "verbs": ["read"], "secret": True, "redirect_uris": [BACK]}
        await self.enter(fixture, "access", "clients", **named, **reading)
        await self._keys(fixture, account)
        row = await self.superuser.fetchrow(_NOTIFICATION, fixture.id("grants"))
        fixture.records["notifications"] = {"id": str(row["id"]), "ref": row["ref"]}

    async def _keys(self, fixture: CountryFixture, account: Record) -> None:
        """A session and a key of the account."""
        stored = await hash_password(PASSWORD)
        await self.superuser.execute(
            "UPDATE access_account SET password_hash = $2 WHERE id = $1", account["id"], stored
        )
        form = {"grant_type": "password", "username": account["email"], "password": PASSWORD}
        response = await self.visitor.post("/access/v1/oauth/token", data=form)
        assert response.status_code == 200, response.text
        session = "SELECT id, ref FROM access_session WHERE account_id = $1"
        found = await self.superuser.fetchrow(session, account["id"])
        fixture.records["sessions"] = {"id": str(found["id"]), "ref": found["ref"]}
        await enter_consent(self, fixture, account)
        await enter_factor(self, fixture, account)
        await enter_identity(self, fixture, account)
        await enter_signing_key(self, fixture)
        owner = {"kind": "client", "id": fixture.id("clients")}
        key = await self.enter(
            fixture, "access", "api_keys", name=fixture.word, owner=owner, resources=["membership.*"], verbs=["read"]
        )
        await self.superuser.execute(
            "UPDATE access_api_key SET owner_kind = 'account', owner_id = $2 WHERE id = $1", key["id"], account["id"]
        )
        sent = {"url": "https://receiver.example/in", "types": ["escm.membership.*"]}
        owner = {"kind": "account", "id": account["id"]}
        await self.enter(fixture, "access", "webhooks", name=fixture.word, owner=owner, **sent)

    async def _plain(self, fixture: CountryFixture) -> None:
        """A record of each other kind, for which any valid body does."""
        for each in plain_kinds():
            if named(each.service, each.resource) not in fixture.records:
                body = body_of(each, fixture.country, fixture.word, fixture.id_at)
                await self.enter(fixture, each.service, each.resource, **body)

    async def _pending(self, fixture: CountryFixture) -> None:
        """A transition that waits for a second person, on each kind of record that has one."""
        for service, plural in _OF_TWO:
            record = fixture.records[plural]
            key = await self.superuser.fetchval(
                _PENDING, f"{service}.{plural}", UUID(record["id"]), record["ref"], record.get("country")
            )
            fixture.records[f"pending_{plural}"] = {"id": str(key)}

    async def _make_room(self, fixture: CountryFixture) -> None:
        """Ends the living committee of the country, so that another can be created."""
        await self.superuser.execute(
            "UPDATE centre_committee SET status = 'dissolved' WHERE id = $1", fixture.id("committees")
        )

    async def _publish(self, fixture: CountryFixture) -> None:
        for plural, state in PUBLISHED.items():
            await self.superuser.execute(
                f"UPDATE {TABLES[plural]} SET visibility = 'public', {state} WHERE id = $1", fixture.id(plural)
            )
        for table in _WITH_EXPERT:
            await self.superuser.execute(
                f"UPDATE {table} SET visibility = 'public' WHERE expert_id = $1", fixture.id("experts")
            )
        await self.superuser.execute("UPDATE centre_term SET visibility = 'public' WHERE id = $1", fixture.id("terms"))
