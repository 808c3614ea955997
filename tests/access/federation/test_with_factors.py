"""Who has a second factor here changes how they sign in by it alone, however they signed in. A passkey is a way in."""

import json
from uuid import uuid4

from tests.access.caller import Caller
from tests.access.factors.authenticator import Passkey, options_in
from tests.access.factors.persons import a_person
from tests.access.federation.connecting import Connected
from tests.support.signing_in import ACCOUNT, FACTOR


async def test_a_sign_in_at_a_provider_changes_no_link_of_who_has_a_factor(
    caller: Caller, connected: Connected
) -> None:
    person = await a_person(caller)
    await person.with_app()
    await person.come()
    subject, elsewhere = await connected.links(person.visitor), connected.visitor()
    page = await connected.signs_in(elsewhere, subject)
    (identity,) = (await caller.send("admin", "GET", f"/identities?account_id={person.account}")).json()["items"]
    unlinked = await elsewhere.fill(page, {"action": f"unlink {identity['id']}"})
    assert (unlinked.status_code, unlinked.headers["location"]) == (303, FACTOR)
    token = page.text.partition('name="token" value="')[2].partition('"')[0]
    further = await elsewhere.get(f"{connected.start}?form={token}")
    assert (further.status_code, further.headers["location"]) == (303, FACTOR)
    page = await person.visitor.get(ACCOUNT)
    assert (await person.visitor.fill(page, {"action": f"unlink {identity['id']}"})).headers["location"] == ACCOUNT


async def test_a_passkey_is_another_way_in(connected: Connected) -> None:
    """Of somebody who never had a password here."""
    visitor, passkey = connected.visitor(), Passkey()
    page = await connected.signs_in(visitor, uuid4().hex, email=f"{uuid4().hex}@example.org", email_verified=True)
    page = await visitor.fill(page, {"action": "add_passkey", "name": "My key"})
    options = options_in(page)
    value = page.text.partition('value="confirm_factor ')[2].partition('"')[0]
    confirmed = await visitor.fill(
        page, {"action": f"confirm_factor {value}", "credential": json.dumps(passkey.made(options))}
    )
    assert (confirmed.status_code, confirmed.headers["location"]) == (303, ACCOUNT)
    page = await visitor.get(ACCOUNT)
    link = page.text.partition('value="unlink ')[2].partition('"')[0]
    before = await visitor.fill(page, {"action": f"unlink {link}"})
    assert before.headers["location"] == FACTOR, "it takes the passkey"
    page = await visitor.get(FACTOR)
    await visitor.fill(page, {"credential": json.dumps(passkey.shown(options_in(page)))})
    page = await visitor.get(ACCOUNT)
    assert (await visitor.fill(page, {"action": f"unlink {link}"})).headers["location"] == ACCOUNT
