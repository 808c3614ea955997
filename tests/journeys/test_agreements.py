"""The agreement with the host of a centre: the committee writes it, and each side signs it for itself."""

from typing import Any

from tests.journeys.paths import centres
from tests.journeys.paths.path import Path, PathRun, day
from tests.journeys.paths.world import V1, World
from tests.support.running import Client, Person, eventually

_OFFICER, _SECRETARY = "secretariat_officer", "committee_secretary"
_FILE = b"The agreement, with the signature of the rector"


class Agreed:
    """A centre that waits for the agreement with its host, which the secretary of the committee has drafted."""

    def __init__(self, world: World, country: str) -> None:
        self.run = PathRun(world, Path("centres.centres", country, lambda _run: "", "awaiting_agreement", ()))
        self.centre = centres.reviewed(self.run)
        for _ in range(2):
            centres.review(self.run)
        self.run.by(_OFFICER).step(self.centre, "recommend")
        self.path = centres.agreement(self.run, signed_at=None)

    def by(self, who: str) -> Client:
        return self.run.by(who)

    @property
    def holder(self) -> str:
        """Who has the file of the centre."""
        return str(self.by(_OFFICER).get(self.centre)["clock"]["holder"])

    def waits_for(self, who: Client) -> list[str]:
        """The steps of the agreement in somebody's work list."""
        items = who.get(f"{V1['access']}/work_list", service="centres", limit="200")["items"]
        return [item["verb"] for item in items if item["link"] == self.path]

    def sign(self, who: Client, **fields: Any) -> dict[str, Any]:
        return dict(who.step(self.path, "sign", fields=fields))

    def refusal(self, who: Client, **fields: Any) -> tuple[int, str]:
        response = who.try_step(self.path, "sign", fields=fields)
        return response.status_code, response.json().get("reason", "")


def _informed(who: Person) -> list[str]:
    return [one["event"] for one in who.get(f"{V1['access']}/notifications")["items"]]


def test_each_side_signs_for_itself(world: World) -> None:
    agreed = Agreed(world, "PW")
    officer, secretary = agreed.by(_OFFICER), agreed.by(_SECRETARY)
    host, stranger = centres.representative(agreed.run), world.official(agreed.run.country, _SECRETARY)
    eventually(lambda: host.look(f"{V1['centres']}/work_list").status_code == 200)
    assert host.look(agreed.path).status_code == 404, "a draft of others is not shown"
    assert agreed.waits_for(host) == []

    secretary.step(agreed.path, "send")
    assert (agreed.waits_for(host), agreed.waits_for(officer)) == (["sign"], ["sign"])
    eventually(lambda: "agreement.in_negotiation" in _informed(host))
    assert agreed.waits_for(secretary) == agreed.waits_for(stranger) == []
    assert agreed.refusal(secretary, party="The host") == (403, "not_permitted")
    assert agreed.refusal(host, party="The network") == (409, "other_side_signs")

    assert agreed.sign(officer)["status"] == "partly_signed"
    assert agreed.refusal(officer, party="The host") == (409, "signed_for_another_side")
    assert (agreed.waits_for(host), agreed.waits_for(officer)) == (["sign"], [])
    assert agreed.holder == "host"
    in_force = agreed.sign(host, signatory="Rita Rector")
    assert (in_force["status"], in_force["parties"][0]["signatory"]) == ("in_force", "Rita Rector")
    assert agreed.holder == "government"
    signatures = [line for line in host.get(f"{agreed.path}/history")["items"] if line["action"] == "sign"]
    assert len({line["by"]["id"] for line in signatures}) == 2, signatures
    assert agreed.waits_for(host) == agreed.waits_for(officer) == []

    centres.endorsement(agreed.run, level=2)
    eventually(lambda: agreed.holder == "secretariat")
    assert agreed.by("admin").step(agreed.centre, "designate")["status"] == "active"


def test_a_second_officer_signs_for_a_host_with_what_the_host_signed(world: World) -> None:
    agreed = Agreed(world, "PW")
    officer, colleague = agreed.by(_OFFICER), world.official(agreed.run.country, _OFFICER)
    agreed.by(_SECRETARY).step(agreed.path, "send")
    agreed.sign(officer, party="The network")
    assert agreed.waits_for(colleague) == ["sign"]
    assert agreed.refusal(colleague)[0] == 422, "the signed document is missing"
    file = colleague.send_evidence(_FILE, country=agreed.run.country, visibility="restricted")
    copy = {"title": "Signed by the rector", "date": day(), "evidence_id": file["id"]}
    assert agreed.refusal(officer, document=copy) == (409, "signed_for_another_side")
    assert agreed.sign(colleague, document=copy, signatory="The rector")["status"] == "in_force"

    host = centres.representative(agreed.run)
    eventually(lambda: host.look(agreed.path).status_code == 200)
    (shown,) = host.get(agreed.path)["signed_copies"]
    assert shown["evidence_id"] == file["id"]
    assert host.look(f"{file['links']['self']}/content").content == _FILE, "whoever reads the agreement reads the file"
    withdrawn = colleague.try_step(file["links"]["self"], "withdraw", reason="By mistake")
    assert withdrawn.status_code == 409, "the agreement relies on the file"


def test_the_host_hears_of_what_an_office_entered_as_signed(world: World) -> None:
    agreed = Agreed(world, "PW")
    host = centres.representative(agreed.run)
    entered = centres.agreement(agreed.run)
    assert agreed.by(_OFFICER).get(entered)["status"] == "in_force"
    eventually(lambda: "agreement.in_force" in _informed(host))
    assert host.get(entered)["document"]["title"], "the host reads the document on which the office relies"
