"""Letters: restricted unless stated otherwise, with a reply clock."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from shared.kernel.clock import today
from tests.support.callers import Caller

PATH = "/actions/v1/correspondence"


def letter(**more: Any) -> dict[str, Any]:
    return {"country": "XA", "direction": "out", "date": "2026-02-03", "subject": "Invitation to join", **more}


async def sent(by: Caller, **more: Any) -> str:
    response = await by.post(PATH, letter(**more))
    assert response.status_code == 201, response.text
    return f"{PATH}/{response.json()['id']}"


async def test_a_letter_goes_out_is_awaited_and_replied_to(admin: Caller) -> None:
    path = await sent(admin, parties=["Ministry of Science", {"name": "A. Alpha", "role": "Minister"}])
    fresh = (await admin.get(path)).json()
    assert (fresh["status"], fresh["visibility"], fresh["overdue"]) == ("sent", "restricted", False)
    awaited = (await admin.step(path, "await")).json()
    assert awaited["reply_due"] == (today() + timedelta(days=30)).isoformat()
    response = (await admin.step(path, "reply")).json()
    assert response["replied_on"] == today().isoformat()
    assert (await admin.step(path, "await")).json()["reason"] == "not_in_this_state"
    assert (await admin.step(path, "close")).json()["status"] == "closed"


async def test_a_late_reply_is_overdue(admin: Caller) -> None:
    path = await sent(admin)
    yesterday = (today() - timedelta(days=1)).isoformat()
    late = (await admin.step(path, "await", fields={"reply_due": yesterday})).json()
    assert late["overdue"] is True
    overdue = [item["id"] for item in (await admin.get(f"{PATH}?overdue=true")).json()["items"]]
    assert late["id"] in overdue
    on_time = [item["id"] for item in (await admin.get(f"{PATH}?overdue=false")).json()["items"]]
    assert late["id"] not in on_time


async def test_what_comes_in_is_logged(caller: Callable[[str | None], Caller]) -> None:
    government = caller("government_xa")
    path = await sent(government, direction="in", subject="Réponse du ministère")
    assert (await government.get(path)).json()["status"] == "logged"
    found = (await government.get(f"{PATH}?q=reponse&direction=in")).json()["items"]
    assert [item["subject"] for item in found] == ["Réponse du ministère"]


async def test_letters_of_another_country_do_not_exist(caller: Callable[[str | None], Caller], admin: Caller) -> None:
    path = await sent(admin)
    assert (await caller("focal_xa").get(path)).status_code == 200
    assert (await caller("government_xb").get(path)).status_code == 404
    assert (await caller("government_xb").get(f"{path}/history")).status_code == 404
    listed = (await caller("government_xb").get(f"{PATH}?country=XA")).json()["items"]
    assert listed == []
    assert (await caller(None).get(path)).status_code == 401
    published = await caller("focal_xa").post(PATH, letter(visibility="public"))
    assert published.json()["reason"] == "publish_not_permitted"


async def test_a_reply_marks_the_letter_that_it_names(admin: Caller, caller: Callable[[str | None], Caller]) -> None:
    government = caller("government_xa")
    for awaited in (True, False):
        path = await sent(admin)
        if awaited:
            await admin.step(path, "await")
        reply = letter(direction="in", reply_to=path.rsplit("/", 1)[1], date="2026-02-20")
        made = await government.post(PATH, reply)
        assert made.status_code == 201, made.text
        response = (await admin.get(path)).json()
        assert (response["status"], response["replied_on"]) == ("answered", "2026-02-20")
        line = (await admin.get(f"{path}/history")).json()["items"][0]
        assert (line["action"], line["by"]["kind"]) == ("answer", "client")
        version = response["version"]
        assert (await government.post(PATH, reply)).status_code == 201
        assert (await admin.get(path)).json()["version"] == version, "an answered letter does not change"
    later = await sent(admin)
    mine = await sent(government, direction="in")
    etag = (await government.get(mine)).headers["etag"]
    assert (await government.patch(mine, {"reply_to": later.rsplit("/", 1)[1]}, etag=etag)).status_code == 200
    assert (await admin.get(later)).json()["status"] == "answered"


async def test_a_reply_names_a_letter_of_the_country_that_the_caller_knows(
    admin: Caller, caller: Callable[[str | None], Caller]
) -> None:
    elsewhere = (await sent(admin, country="XB")).rsplit("/", 1)[1]
    for by, country in ((caller("government_xa"), "XA"), (admin, "XA")):
        response = await by.post(PATH, letter(direction="in", country=country, reply_to=elsewhere))
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/reply_to")
    assert (await admin.get(f"{PATH}/{elsewhere}")).json()["status"] == "sent"
    own = await sent(admin)
    etag = (await admin.get(own)).headers["etag"]
    assert (await admin.patch(own, {"reply_to": own.rsplit("/", 1)[1]}, etag=etag)).status_code == 422
