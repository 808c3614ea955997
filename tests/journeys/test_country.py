"""One country from nothing to stage 5, by the secretariat's client alone, each transition in its own service."""

from typing import Any

from tests.support.running import Client, eventually

DOCUMENT = {"title": "Minutes", "date": "2026-10-01", "url": "https://example.org/minutes.pdf"}
COUNTRY = "BW"


def _expert(client: Client, name: str) -> dict[str, Any]:
    body = {
        "names": [{"full": name}],
        "country": COUNTRY,
        "emails": [{"value": f"{name.split()[0].lower()}@example.org"}],
        "invite": True,
        "visibility": "public",
    }
    expert = client.create("/membership/v1/experts", body)
    path = expert["links"]["self"]
    for action in ("apply", "start_review", "approve"):
        expert = client.step(path, action)
    assert expert["status"] == "active"
    return expert


def _institution(client: Client, name: str) -> dict[str, Any]:
    body = {
        "names": [{"value": name, "language": "en", "types": ["ror_display"]}],
        "country": COUNTRY,
        "types": ["education"],
        "heri": True,
        "visibility": "public",
    }
    institution = client.create("/membership/v1/institutions", body)
    return client.step(institution["links"]["self"], "verify")


def _stage(client: Client, stage: int) -> dict[str, Any]:
    path = f"/actions/v1/countries/{COUNTRY}"
    return dict(eventually(lambda: (found := client.get(path))["stage"] >= stage and found))


def test_a_country_climbs_to_stage_five(secretariat: Client) -> None:
    client = secretariat
    assert client.get(f"/actions/v1/countries/{COUNTRY}")["stage"] == 0

    experts = [_expert(client, f"{given} Person") for given in ("Ada", "Bela", "Cleo", "Dora", "Egon")]
    host, partner = _institution(client, "University of Beta"), _institution(client, "Beta Institute")

    letter = {"country": COUNTRY, "direction": "in", "date": "2026-09-01", "subject": "First contact"}
    client.create("/actions/v1/correspondence", letter)
    _stage(client, 1)

    committee = _committee(client, experts, host, partner)
    _stage(client, 3)

    centre = _designated_centre(client, committee, experts, host, partner)
    assert centre["registration_number"] == f"ESNRC-{COUNTRY}-01"
    assert centre["term"]["number"] == 1
    _stage(client, 4)

    endorsement = _endorsement(client, level=3)
    assert endorsement["status"] == "verified"
    country = _stage(client, 5)
    met = {fact["key"]: fact["met"] for fact in country["facts"]}
    assert all(
        met[key] for key in ("contact", "preparatory_committee", "scientific_committee", "centre", "endorsement")
    )
    assert country["counts"]["experts"] >= 5

    programme = _programme(client, committee, centre)
    assert programme["status"] == "implementing"
    shown = client.get(f"/actions/v1/countries/{COUNTRY}")["programme"]
    assert (shown["id"], shown["core"]["centre_id"]) == (programme["id"], centre["id"])


def _committee(client: Client, experts: list[dict[str, Any]], host: Any, partner: Any) -> dict[str, Any]:
    committee = client.create(
        "/centres/v1/committees",
        {
            "country": COUNTRY,
            "names": {"en": "National Committee of Betaland"},
            "host_institution_id": host["id"],
            "partner_institution_ids": [partner["id"]],
            "decision": DOCUMENT,
            "bylaws": DOCUMENT,
            "visibility": "public",
        },
    )
    path = committee["links"]["self"]
    for expert, office in zip(experts, ("president", "secretary", "member"), strict=False):
        seat = {"committee_id": committee["id"], "person": {"expert_id": expert["id"]}, "office": office}
        client.create("/centres/v1/seats", {**seat, "from": "2026-10"})
    assert client.step(path, "form")["status"] == "preparatory"
    _stage(client, 2)
    client.step(path, "request_recognition")
    return client.step(path, "recognise")


def _designated_centre(client: Client, committee: Any, experts: Any, host: Any, partner: Any) -> dict[str, Any]:
    centre = client.create(
        "/centres/v1/centres",
        {
            "country": COUNTRY,
            "names": {"en": "Eco-Security National Research Centre of Betaland"},
            "host_institution_id": host["id"],
            "unit": "Faculty of Science",
            "committee_id": committee["id"],
            "director_id": experts[0]["id"],
            "themes": ["biosphere-integrity"],
            "terms_of_reference": DOCUMENT,
            "work_plan": DOCUMENT,
            "host_letter": DOCUMENT,
            "visibility": "public",
        },
    )
    path = centre["links"]["self"]
    client.step(path, "submit")
    client.step(path, "accept_complete")
    for expert in experts[3:5]:
        scores = {"relevance": 5, "capacity": 4, "governance": 4, "plan": 5}
        review = {"reviewer_id": expert["id"], "scores": scores, "recommendation": "designate"}
        client.create(f"{path}/reviews", {**review, "conflict_of_interest": False})
    client.step(path, "recommend")
    assert client.try_step(path, "designate").json()["code"] == "transition_not_allowed"
    parties = [
        {"name": "University of Beta", "institution_id": host["id"], "signatory": "Rector", "signed_at": "2026-11-01"},
        {"name": "Beta Institute", "institution_id": partner["id"], "signatory": "Head", "signed_at": "2026-11-02"},
    ]
    agreement = {"centre_id": centre["id"], "kind": "host", "parties": parties, "document": DOCUMENT}
    assert client.create("/centres/v1/agreements", {**agreement, "effective": "2026-12-01"})["status"] == "in_force"
    _endorsement(client, level=2)
    return dict(eventually(lambda: (r := client.try_step(path, "designate")).status_code == 200 and r.json()))


def _endorsement(client: Client, level: int) -> dict[str, Any]:
    body = {"country": COUNTRY, "body": {"name": "Ministry of Nature", "kind": "ministry"}, "level": level}
    claimed = client.create("/actions/v1/endorsements", {**body, "document": DOCUMENT, "issued": "2026-11-10"})
    return client.step(claimed["links"]["self"], "verify")


def _programme(client: Client, committee: Any, centre: Any) -> dict[str, Any]:
    body = {"country": COUNTRY, "framework": "3+1/2026", "committee_id": committee["id"], "centre_id": centre["id"]}
    programme = client.create("/actions/v1/programmes", {**body, "visibility": "public"})
    path = programme["links"]["self"]
    client.step(path, "launch")
    for number in (1, 2, 3):
        action = {"programme_id": programme["id"], "pillar": f"action-{number}", "kind": "action"}
        baseline = {"value": "12.5", "unit": "%", "date": "2025"}
        client.create("/actions/v1/actions", {**action, "titles": {"en": f"Pillar {number}"}, "baseline": baseline})
    client.step(path, "submit_plan")
    client.step(path, "approve")
    return client.step(path, "start")
