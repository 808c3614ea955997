"""A record of every kind in Alphaland (XA), created by the secretariat, for tests of every list."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from shared.kernel.clock import now, to_text, today
from tests.support.centres import sections
from tests.support.editions import CONTRIBUTIONS, EDITIONS, FIGURES, WROTE, contribution_body, edition_body, figure_body
from tests.support.running import Client, eventually
from tests.support.signing_in import BACK, consent

COUNTRY = "XA"
_DOCUMENT = {"title": "Minutes", "date": "2026-10-01", "url": "https://example.org/minutes.pdf"}
_PLACE = {"country": COUNTRY, "visibility": "public"}
_KEY = {"resources": ["membership.*"], "verbs": ["read"]}
_DAY = "2026-10-01"
_PARTS = [{"code": code, "titles": {"en": code}} for code in ("forest", "meadow")]
_RULE = {
    "code": "LAND-TOTAL",
    "country": COUNTRY,
    "titles": {"en": "Land of the country"},
    "instruction": {"en": "Compare it with the land register."},
    "severity": "warning",
    "operator": "less_than",
    "right": {"constant": "1000000"},
    "tolerance": "0.50",
}
_INDICATOR = {
    "code": "EVERYTHING-1",
    "country": COUNTRY,
    "titles": {"en": "Restored land"},
    "definition": {"en": "Land on which work has begun."},
    "level": "outcome",
    "measure": "unit",
    "unit": {"code": "ha", "label": "hectares"},
    "across": "sum",
    "over_time": "latest",
    "codes": [{"scheme": "sdg", "code": "15.3"}],
    "disaggregations": [{"key": "cover", "titles": {"en": "Land cover"}, "codes": _PARTS}],
    "valid_from": _DAY,
}
_WAIVER = {"waiver": {"reason": "The ministry is being formed"}}


def enter_everything(by: Client, admin: Client, accounts: dict[str, Any]) -> None:
    """Creates them with the secretariat's client; `admin`, a person, proposes what a second person confirms."""
    host, twins = _members(by)
    officers = [_active(by, name) for name in ("Ada First", "Bela Second", "Cleo Third")]
    centre = _centre(by, host, officers)
    programme = _programme(by, centre)
    _government(by, admin)
    _assess(by, programme, officers[0])
    _support(by, officers[0])
    _progress(by, programme, officers[0], accounts["admin2"]["account_id"])
    pillars = [
        {"key": f"action-{number}", "titles": {"en": f"Action {number}"}, "order": number} for number in (1, 2, 3)
    ]
    framework = {"code": "everything/2026", "core": {"titles": {"en": "Core"}}, "pillars": pillars}
    by.create("/actions/v1/frameworks", {**framework, "valid_from": _DAY})
    scheme = {"code": "everything", "edition": "1", "titles": {"en": "Soils"}, "source": "https://example.org/soils"}
    by.create("/actions/v1/schemes", {**scheme, "licence": "CC-BY-4.0", "publisher": "The plan"})
    by.create("/membership/v1/merges", {"resource": "experts", "winner_id": twins[0], "loser_id": twins[1]})
    by.create("/access/v1/api_keys", {"name": "Reader", **_KEY})
    provider = {"code": "health-xa", "titles": {"en": "Ministry of Health"}, "client_id": "escm"}
    by.create("/access/v1/identity_providers", {**provider, "issuer": "https://id.health.gov.example"})
    webhook = by.create("/access/v1/webhooks", {"name": "Reader", "url": "http://127.0.0.1:9/in", "types": ["*"]})
    since = to_text(now() - timedelta(days=30))
    by.start(f"{webhook['links']['self']}/replays", {"status": "failed", "from": since})
    _propose(admin, f"/membership/v1/experts/{officers[2]['id']}", "terminate", reason="Moved abroad")
    _propose(admin, centre["links"]["self"], "designate", fields=_WAIVER)
    _propose(admin, programme["links"]["self"], "start", fields=_WAIVER)
    second = accounts["admin2"]["account_id"]
    _reports(by, centre, officers, second)
    _propose(admin, f"/access/v1/accounts/{second}", "suspend", reason="On leave")
    wish = {"reason": "Asked by letter", "second_person": second}
    erasure = by.create(f"/membership/v1/experts/{twins[0]}/erasure", wish)
    hold = {"until": (today() + timedelta(days=30)).isoformat()}
    _propose(admin, erasure["links"]["self"], "hold", reason="A complaint is open", fields=hold)
    rule = {"resource": "experts", "state": "prospect", "after": "P1D", "action": "erase", "basis": "Never invited"}
    _propose(admin, by.create("/membership/v1/retention_rules", rule)["links"]["self"], "activate")
    _broadcast(by, admin)
    _credentials_of_two(by, admin, second)
    _notify(by, admin, accounts["admin"]["account_id"])
    _report(by, admin)
    _consent(by, accounts["admin"])


def _members(by: Client) -> tuple[dict[str, Any], list[str]]:
    """An institution, and the ids of two experts with one name; the other records of membership."""
    name = {"value": "University of the Delta", "language": "en", "types": ["ror_display"]}
    acronym = {"value": "UDELTA", "types": ["acronym"]}
    place = {"city": "Port Alpha", "subdivision": "Delta", "geonames": 1, "lat": 1.5, "lon": -2.25}
    host = by.create(
        "/membership/v1/institutions",
        {
            **_PLACE,
            "names": [name, acronym],
            "types": ["education"],
            "locations": [place],
            "relations": [{"type": "related", "ror": "https://ror.org/02mhbdp94", "label": "A sister"}],
        },
    )
    host = by.step(host["links"]["self"], "verify")
    twin = {**_PLACE, "names": [{"given": "Gemma", "family": "Twin"}], "fields": ["1.5"], "biography": {"en": "Soil."}}
    twins = [by.create("/membership/v1/experts", twin) for _ in range(3)]
    assert twins[1]["duplicates"], "the pair is found as the second is entered"
    declared = {"expert_id": twins[0]["id"], "year": today().year, "notice_version": "2026"}
    by.create("/membership/v1/declarations", {**declared, "interests": [{"kind": "funding", "party": "A mine"}]})
    agreed = {"expert_id": twins[0]["id"], "purpose": "contact", "notice_version": "2026", "language": "en"}
    by.create("/membership/v1/consents", {**agreed, "proof": {"channel": "paper", "document": None}})
    congress = {**_PLACE, "code": "FORUM-2026", "titles": {"en": "Forum"}, "starts": "2026-05-01", "mode": "hybrid"}
    page = {"kind": "web", "url": "https://forum.example/"}
    held = by.create("/membership/v1/congresses", {**congress, "host_institution_id": host["id"], "links": [page]})
    by.step(held["links"]["self"], "hold")
    part = by.create("/membership/v1/participations", {"congress_id": held["id"], "expert_id": twins[0]["id"]})
    subject = {"resource": "membership.participations", "id": part["id"]}
    certified = {"kind": "participation", "holder": {"expert_id": twins[0]["id"]}, "subject": subject}
    by.create("/membership/v1/certificates", {**certified, "number": "ESCM/2019/45"})
    signed = {"code": "SOILS-2026", "titles": {"en": "Soils for all"}, "texts": {"en": "We keep the soils."}}
    initiative = by.step(by.create("/membership/v1/initiatives", signed)["links"]["self"], "open")
    support = {"initiative_id": initiative["id"], "expert_id": twins[0]["id"], "evidence": _DOCUMENT}
    support |= {"organisation": {"institution_id": host["id"]}, "consent_to_list": True}
    by.step(by.create("/membership/v1/supports", support)["links"]["self"], "verify")
    wording = {"kind": "review", "titles": {"en": "Review"}, "bodies": {"en": "{holder} has reviewed."}}
    by.create("/membership/v1/certificate_templates", wording)
    by.create("/membership/v1/notices", {"purpose": "results", "notice_version": "1", "texts": {"en": "I agree."}})
    by.create(f"{twins[0]['links']['self']}/messages", {"text": "Which field?", "attachments": [_DOCUMENT]})
    by.create(f"{twins[0]['links']['self']}/affiliations", {"raw": "Univercity of the Delta, Port Alpha"})
    by.create(f"{twins[0]['links']['self']}/affiliations", {"institution_id": host["id"], "role": "Reader"})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "experts.csv"
        file.write_text(f"full_name,country,email\nIda Import,{COUNTRY},ida@example.org\n,{COUNTRY},none\n")
        by.upload("/membership/v1/imports", file, resource="experts")
        _undone_list(by, Path(folder) / "participants.csv", congress["code"])
    return host, [twin["id"] for twin in twins[1:]]


def _undone_list(by: Client, file: Path, congress: str) -> None:
    """An undone list of participants, one of whom was changed since."""
    file.write_text(f"congress,full_name,country\n{congress},Ada Listed,{COUNTRY}\n{congress},Bea Listed,{COUNTRY}\n")
    job = by.upload("/membership/v1/imports", file, resource="participations")
    listed = by.get("/membership/v1/experts", q="Ada Listed")["items"][0]["links"]["self"]
    by.change(listed, {"keywords": ["lakes"]})
    by.step(f"/membership/v1/imports/{job['result']['import_id']}", "undo")


def _active(by: Client, name: str) -> dict[str, Any]:
    email = {"value": f"{name.split()[0].lower()}.officer@example.org", "visibility": "public"}
    known = {"names": [{"full": name}], "emails": [email], "fields": ["1.5"]}
    expert = by.create("/membership/v1/experts", {**_PLACE, **known})
    for action in ("invite", "apply", "start_review", "approve"):
        expert = by.step(expert["links"]["self"], action)
    return expert


def _centre(by: Client, host: dict[str, Any], officers: list[dict[str, Any]]) -> dict[str, Any]:
    """A centre that waits for its designation; its committee with a seat, and the questions of reports."""
    names = {"en": "Committee of Alphaland"}
    rules = {"quorum": 60, "rotation": {"years": 4, "terms": 2}}
    committee = by.create(
        "/centres/v1/committees", {**_PLACE, "names": names, "host_institution_id": host["id"], **rules}
    )
    seat = {"committee_id": committee["id"], "person": {"expert_id": officers[0]["id"]}, "office": "president"}
    by.create("/centres/v1/seats", {**seat, "from": _DAY})
    meeting = {"committee_id": committee["id"], "kind": "hybrid", "titles": {"en": "Spring meeting"}}
    meeting = by.create("/centres/v1/committee_meetings", {**meeting, "starts": "2026-11-01", "minutes": _DOCUMENT})
    by.create("/centres/v1/decisions", {"meeting_id": meeting["id"], "titles": names, "text": "The plan is agreed."})
    form = {"kind": "annual_report", "version": "2027", "titles": {"en": "Annual report"}, "sections": sections()}
    by.step(by.create("/centres/v1/report_templates", form)["links"]["self"], "activate")
    centre = _recommended(by, "Research Centre of Alphaland", host["id"], committee["id"], officers)
    _partners(by, centre)
    by.create("/centres/v1/annual_reports", {"centre_id": centre["id"], "year": 2025, "due": "2026-03-01"})
    return centre


def _partners(by: Client, centre: dict[str, Any]) -> None:
    """The profile of a centre, a network, and the centre's membership of it."""
    by.change(
        f"{centre['links']['self']}/profile",
        {
            "website": "https://soils.example.org/",
            "staff": {"total": 40, "women": 21},
            "facilities": [{"titles": {"en": "Soil laboratory"}, "description": "Analyses soil."}],
            "services": [{"titles": {"en": "Analyses"}, "audience": "Farmers"}],
            "projects": [{"titles": {"en": "Peat"}, "url": "https://soils.example.org/peat"}],
            "publications": [{"doi": "10.1038/nphys1170", "title": "Carbon in peat", "year": 2026}],
        },
    )
    network = by.create(
        "/centres/v1/networks", {"code": "PEATLANDS", "titles": {"en": "Peatlands"}, "themes": ["peat"]}
    )
    partner = {"partner": {"network_id": network["id"]}, "kind": "member"}
    by.create("/centres/v1/partnerships", {"centre_id": centre["id"], **partner, "from": "2026-01-01"})


def _recommended(by: Client, name: str, host: str, committee: str, officers: list[dict[str, Any]]) -> dict[str, Any]:
    """A centre that waits for its designation, with reviews and an agreement."""
    body = {
        **_PLACE,
        "names": {"en": name},
        "host_institution_id": host,
        "unit": "Faculty",
        "committee_id": committee,
        "director_id": officers[0]["id"],
        "position": {"lat": 1.5, "lon": -2.25},
        **dict.fromkeys(("terms_of_reference", "work_plan", "host_letter"), _DOCUMENT),
    }
    centre = by.create("/centres/v1/centres", body)
    path = centre["links"]["self"]
    by.step(path, "submit")
    by.step(path, "accept_complete")
    by.create(f"{path}/messages", {"text": "To be seen on site.", "audience": "internal"})
    due = (today() + timedelta(days=30)).isoformat()
    for reviewer in officers[1:]:
        by.create(f"{path}/reviewers", {"expert_id": reviewer["id"], "due": due})
        scores = {"relevance": 5, "capacity": 4, "governance": 4, "plan": 5}
        review = {"reviewer_id": reviewer["id"], "scores": scores, "recommendation": "designate"}
        by.create(f"{path}/reviews", {**review, "conflict_of_interest": False})
    parties = [{"name": name, "signatory": "Head", "signed_at": "2026-11-01"} for name in ("Host", "The network")]
    agreement = {"centre_id": centre["id"], "kind": "host", "document": _DOCUMENT, "effective": "2026-12-01"}
    agreed = by.create("/centres/v1/agreements", {**agreement, "parties": parties})
    by.create("/centres/v1/agreements", {**agreement, "parties": [{"name": "Host"}], "amends_id": agreed["id"]})
    return by.step(path, "recommend")


def _reports(by: Client, like: dict[str, Any], officers: list[dict[str, Any]], second: str) -> None:
    """Imports of reports of a designated centre: one with an unknown number, and one whose report changed before the
    undo."""
    committee, host = like["committee_id"], like["host_institution_id"]
    centre = _recommended(by, "Centre for Soils of Alphaland", host, committee, officers)
    fields = {"waiver": {**_WAIVER["waiver"], "second_person": second}}
    centre = by.step(centre["links"]["self"], "designate", fields=fields)
    unit = {"unit": "Faculty of Soils", "effective": today().isoformat(), "document": _DOCUMENT}
    by.step(centre["links"]["self"], "change", reason="Decided", fields=unit)
    moving = {"address": "1 Delta Road", "effective": (today() + timedelta(days=30)).isoformat()}
    by.step(centre["links"]["self"], "change", reason="Decided", fields=moving)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "reports.csv"
        for number in ("ESNRC-XX-99", centre["registration_number"]):
            file.write_text(f"registration_number,year,accepted_on,figures.staff\n{number},2019,2020-02-01,7\n")
            job = by.upload("/centres/v1/imports", file, resource="annual_reports")
    (report,) = by.get("/centres/v1/annual_reports", centre_id=centre["id"], year=2019)["items"]
    by.change(report["links"]["self"], {"visibility": "public"})
    by.step(f"/centres/v1/imports/{job['result']['import_id']}", "undo")


def _programme(by: Client, centre: dict[str, Any]) -> dict[str, Any]:
    """An approved programme with an action in each pillar, and a milestone with evidence."""
    body = {**_PLACE, "framework": "3+1/2026", "committee_id": centre["committee_id"], "centre_id": centre["id"]}
    programme = by.create("/actions/v1/programmes", body)
    path = programme["links"]["self"]
    by.step(path, "launch")
    for number in (1, 2, 3):
        action = by.create(
            "/actions/v1/actions",
            {
                "programme_id": programme["id"],
                "pillar": f"action-{number}",
                "titles": {"en": f"Pillar {number}"},
                "descriptions": {"en": "Restores wetlands."},
                "locations": [{"name": "Port Alpha", "subdivision": "Delta", "lat": 1.5, "lon": -2.25}],
                "baseline": {"value": "12.5", "unit": "%", "date": "2025"},
                "budget": {"amount": "1000.50", "currency": "USD"},
                "participants": [{"institution_id": centre["host_institution_id"], "role": 1}],
                "tags": [{"scheme": "sdg", "code": "13.2"}],
                "planned_start": _DAY,
            },
        )
    milestone = {"action_id": action["id"], "titles": {"en": "First"}, "due": "2027-01-31", "weight": 2}
    by.create("/actions/v1/milestones", {**milestone, "deliverable": "A map", "evidence_required": True})
    by.step(path, "submit_plan")
    # Facts announce the committee and the centre.
    return dict(eventually(lambda: (response := by.try_step(path, "approve")).status_code == 200 and response.json()))


def _support(by: Client, expert: dict[str, Any]) -> None:
    """A request that experts match, one of whom is asked to help."""
    asked: dict[str, Any] = {"titles": {"en": "Peatlands"}, "need": {"en": "A map"}, "kind": "review"}
    asked |= {
        "fields": ["1.5"],
        "codes": [{"scheme": "sdg", "code": "15.3"}],
        "documents": [_DOCUMENT],
        "wanted_to": "2090-12-31",
    }
    path = by.create("/actions/v1/support_requests", {"country": COUNTRY, **asked})["links"]["self"]
    for action in ("submit", "accept"):
        by.step(path, action)
    by.create(f"{path}/offers", {"expert_id": expert["id"], "message": "Could you help?"})


def _assess(by: Client, programme: dict[str, Any], expert: dict[str, Any]) -> None:
    """An assessment of the programme by an expert, to which the government has replied, a task and a calendar."""
    (period,) = by.get("/actions/v1/periods", framework=programme["framework"], code="2026")["items"]
    found = {"completion": "limited", "text": {"en": "Three of nine stations measure."}, "date": _DAY}
    about = {"subject": {"kind": "programme", "id": programme["id"]}, "period_id": period["id"]}
    assessor = {"expert_id": expert["id"], "organisation": "Institute of Evaluation"}
    body = {**about, **found, "assessor": assessor, "evidence": [_DOCUMENT], "visibility": "public"}
    path = by.create("/actions/v1/assessments", body)["links"]["self"]
    by.step(path, "submit")
    by.step(path, "reply", fields={"text": {"en": "Two more stations follow in May."}})
    by.step(path, "publish")
    (meeting,) = by.get("/actions/v1/meetings", country=COUNTRY, limit=1)["items"]
    wanted = {"titles": {"en": "Name a host"}, "text": {"en": "Ask the ministry."}, "due": "2090-01-31"}
    about = {"about": {"kind": "meeting", "id": meeting["id"]}, "owner": {"role": "government_focal_point"}}
    task = by.create("/actions/v1/tasks", {"country": COUNTRY, **wanted, **about})["links"]["self"]
    by.create(f"{task}/comments", {"text": "The station opens in May."})
    by.create("/actions/v1/calendars", {"country": COUNTRY, "programme_id": programme["id"], "language": "fr"})


def _progress(by: Client, programme: dict[str, Any], expert: dict[str, Any], account: str) -> None:
    """A submitted report of the programme with its template, a delegation and a comment."""
    question = {"key": "summary", "titles": {"en": "What was achieved?"}, "type": "text", "public": True}
    sections = [{"key": "overview", "titles": {"en": "Overview"}, "questions": [question]}]
    form = {"framework": programme["framework"], "version": "2026", "titles": {"en": "Report"}, "sections": sections}
    by.step(by.create("/actions/v1/report_templates", form)["links"]["self"], "activate")
    (period,) = by.get("/actions/v1/periods", framework=programme["framework"], code="2026")["items"]
    wrote = {"person": {"expert_id": expert["id"]}, "credit": ["writing-original-draft"], "order": 1}
    of = {"programme_id": programme["id"], "period_id": period["id"], "contributors": [wrote]}
    path = by.create("/actions/v1/reports", of)["links"]["self"]
    by.change(f"{path}/sections/overview", {"answers": {"summary": "Twelve stations"}, "state": "done"})
    by.create(f"{path}/delegations", {"account_id": account, "sections": ["overview"], "due_on": "2090-01-31"})
    by.step(path, "submit")
    by.create(f"{path}/comments", {"section": "overview", "text": "Which stations?"})


def _government(by: Client, admin: Client) -> None:
    """Records of a government; a letter that is closed relies on the file of evidence."""
    body = by.create("/actions/v1/government_bodies", {**_PLACE, "names": {"en": "Ministry"}, "kind": "ministry"})
    person = {"name": "Femi Focal"}
    by.create("/actions/v1/focal_points", {**_PLACE, "person": person, "body_id": body["id"], "letter": _DOCUMENT})
    letter = {
        "country": COUNTRY,
        "direction": "in",
        "date": _DAY,
        "subject": "Hello",
        "parties": [{"name": "Ministry"}],
    }
    file = by.send_evidence(
        b"Agreed: to go on.", country=COUNTRY, visibility="public", language="en", licence="CC-BY-4.0"
    )
    logged = by.create("/actions/v1/correspondence", {**letter, "document": {**_DOCUMENT, "evidence_id": file["id"]}})
    by.step(logged["links"]["self"], "close")
    _propose(admin, file["links"]["self"], "withdraw", reason="Outdated")
    indicator = by.create("/actions/v1/indicators", _INDICATOR)
    by.step(indicator["links"]["self"], "publish")
    by.create("/actions/v1/validation_rules", {**_RULE, "left": {"terms": [{"indicator": indicator["code"]}]}})
    days = {"starts": "2026-01-01", "ends": "2026-12-31", "opens_on": _DAY, "due_on": "2090-03-31"}
    last = {"closes_on": "2090-04-30", "locks_on": "2090-12-31"}
    period = by.create("/actions/v1/periods", {"framework": "3+1/2026", "code": "2026", **days, **last})
    subject = {"indicator_id": indicator["id"], "period_id": period["id"], "country": COUNTRY}
    parts = [{"dimensions": {"cover": "forest"}, "value": "400.25"}]
    by.create("/actions/v1/targets", {**subject, "value": "1000.50", "breakdown": parts, "comment": "By law"})
    baseline = {**subject, "period_id": None, "kind": "baseline", "year": 2025, "method": "survey"}
    said = {"source": "National survey", "method_note": "Twice a year", "comment": "First", "evidence": [_DOCUMENT]}
    by.create("/actions/v1/results", {**baseline, **said, "value": "999.90", "breakdown": parts})
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "results.csv"
        columns, row = "indicator,country,period,method,value", f"{indicator['code']},{COUNTRY},{period['id']},survey"
        rows.write_text(f"{columns}\n{row},many\n")
        by.upload("/actions/v1/imports", rows, resource="results")
        rows.write_text(f"{columns}\n{row},12.50\n")
        job = by.upload("/actions/v1/imports", rows, resource="results")
        (draft,) = by.get("/actions/v1/results", indicator=indicator["code"], status="draft", kind="actual")["items"]
        by.change(draft["links"]["self"], {"comment": "Counted twice"})
        by.step(f"/actions/v1/imports/{job['result']['import_id']}", "undo")
    more_time = {"country": COUNTRY, "until": str(today() + timedelta(days=30)), "reason": "The survey is late"}
    by.create(f"{period['links']['self']}/extensions", more_time)
    pair = {"from": {"scheme": "gbf", "code": "2"}, "to": {"scheme": "sdg", "code": "15.3"}}
    mapping = {**pair, "relation": "related", "source": _DOCUMENT}
    stored = admin.send("POST", "/actions/v1/schemes/gbf/mappings", json=[mapping])
    assert stored.status_code == 201, stored.text
    meeting = {**_PLACE, "kind": "online", "titles": {"en": "First meeting"}, "date": _DAY}
    by.create(
        "/actions/v1/meetings",
        {**meeting, "participants": [{"name": "Femi Focal"}], "decisions": [{"text": "To go on"}]},
    )
    endorsement = {**_PLACE, "body_id": body["id"], "level": 1, "document": _DOCUMENT, "issued": _DAY}
    by.create("/actions/v1/endorsements", endorsement)


def _broadcast(by: Client, admin: Client) -> None:
    """A broadcast that has ended, of which everybody is excluded: nobody has consented."""
    texts = {"subjects": {"en": "The congress"}, "texts": {"en": "It begins in May."}}
    path = by.create("/membership/v1/broadcasts", {**texts, "segment": {"country": COUNTRY}, "purpose": "outreach"})
    address = path["links"]["self"]
    admin.step(address, "approve")
    by.step(address, "start")
    eventually(lambda: by.get(address)["status"] == "sent")


def _credentials_of_two(by: Client, admin: Client, second: str) -> None:
    """A secret and a key that wait for a second person: their client has a role of two."""
    made = by.create("/access/v1/clients", {"name": "Of two", "scope_kind": "global", "secret": True, **_KEY})
    holder = {"kind": "client", "id": made["id"]}
    role = {"principal": holder, "role": "secretariat_admin", "scope_kind": "global"}
    granted = by.create("/access/v1/grants", role)
    by.step(granted["links"]["self"], "confirm", fields={"second_person": second})
    response = admin.send("POST", f"{made['links']['self']}/secrets")
    assert response.status_code == 202, response.text
    factor = admin.create("/access/v1/factors", {"kind": "recovery_codes", "name": "On paper"})
    _propose(by, factor["links"]["self"], "remove")
    (key, *_) = by.get("/access/v1/signing_keys")["items"]
    _propose(by, key["links"]["self"], "rotate")
    admin.create("/access/v1/api_keys", {"name": "Of two", "owner": holder, **_KEY})


def _notify(by: Client, admin: Client, account: str) -> None:
    """A notification of the administrator: a grant of theirs is revoked."""
    role = {"role": "national_author", "scope_kind": "country", "scope_id": COUNTRY, "reason": "For a week"}
    granted = by.create("/access/v1/grants", {"principal": {"kind": "account", "id": account}, **role})
    by.step(granted["links"]["self"], "revoke")
    eventually(lambda: admin.get("/access/v1/notifications")["items"])


def _propose(admin: Client, path: str, action: str, **body: Any) -> None:
    response = admin.try_step(path, action, **body)
    assert response.status_code == 202, f"{path} {action}: {response.text}"


def _report(by: Client, admin: Client) -> None:
    """An edition of the Global Report with a text of one author, a figure, and a comment that the administrator answers
    and consents to be named with."""
    edition = by.step(by.create(EDITIONS, edition_body())["links"]["self"], "open_call")
    by.create(FIGURES, figure_body(edition))
    author = {"name": "Bo Author", "email": "bo@example.org", "roles": WROTE, "corresponding": True}
    text = by.create(CONTRIBUTIONS, contribution_body(edition, author))
    note = {"body": "# Peat\n\nPeat stores carbon.", "note": "First draft"}
    by.finished(by.start(f"{text['links']['self']}/versions", note))
    days = {"opens": "2026-01-01T00:00:00Z", "closes": "2090-01-01T00:00:00Z"}
    path = f"{edition['links']['self']}/review_rounds"
    reviewed = by.create(path, {**days, "audience": "both", "contributions": [text["id"]]})
    by.step(reviewed["links"]["self"], "open")
    of_round = {"round": reviewed["number"]}
    reviewer = _active(by, "Rae Reviewer")
    account = by.create("/access/v1/accounts", {"email": "rae@example.org", "name": "Rae Reviewer"})
    by.step(reviewer["links"]["self"], "link_account", fields={"account_id": account["id"]})
    by.create(f"{text['links']['self']}/reviewers", {**of_round, "expert_id": reviewer["id"]})
    said = {**of_round, "from": 2, "quote": "stores carbon", "text": "How much?"}
    comment = by.create(f"{text['links']['self']}/comments", said)
    admin.step(comment["links"]["self"], "answer", reason="600 Gt.", fields={"decision": "accepted", "version": 1})
    admin.create("/actions/v1/naming_consents", {"edition_id": edition["id"], "name": "Amina Admin"})
    _published(by)


def _published(by: Client) -> None:
    """An edition that was published without a text, and whose retraction waits for a second person."""
    path = by.create(EDITIONS, edition_body())["links"]["self"]
    for verb in ("open_call", "close_call", "freeze"):
        by.step(path, verb)
    by.finished(by.start(f"{path}/builds", {"kind": "final"}))
    by.step(path, "publish")
    _propose(by, path, "retract", reason="A number is wrong.")


def _consent(by: Client, account: dict[str, Any]) -> None:
    """A person lets a client act for them."""
    body = {"name": "Desk", "scope_kind": "global", "resources": ["membership.*"], "verbs": ["read"], "public": True}
    client = by.create("/access/v1/clients", {**body, "redirect_uris": [BACK]})
    consent(by.base_url, client, account["username"], account["password"])
