"""The paths of access: accounts, clients, grants, API keys and sessions."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.journeys.paths.centres import committee, seat
from tests.journeys.paths.membership import candidate
from tests.journeys.paths.path import Path, PathRun, agreed, confirmed, day, follows, given, later, refused, taken
from tests.journeys.paths.world import DOCUMENT, V1
from tests.support.running import Client, Person, eventually
from tests.support.signing_in import BACK, consent

_V1 = V1["access"]
_OFFICER, _FOCAL_POINT, _PRESIDENT = "secretariat_officer", "government_focal_point", "committee_president"
_ELSEWHERE = "GD"


def address_of(record: dict[str, Any]) -> str:
    return str(record["links"]["self"])


def _grant(role: str, holder: str = "holder", by: str = "admin", **more: Any) -> Any:
    """The start with a grant in the country for a new account, or for the run's caller with this name."""

    def start(path_run: PathRun) -> str:
        if holder == "holder":
            path_run.notes["holder"] = path_run.world.person("Hilda Holder")
        account = {"kind": "account", "id": _account(holder)(path_run)}
        scope = {"role": role, "scope_kind": "country", "scope_id": path_run.country}
        given = {name: value(path_run) if callable(value) else value for name, value in more.items()}
        return address_of(path_run.create(by, f"{_V1}/grants", principal=account, **scope, **given))

    return start


def _account(who: str) -> Any:
    def of(path_run: PathRun) -> str:
        person = path_run.by(who)
        assert isinstance(person, Person)
        return person.account

    return of


def _person(path_run: PathRun) -> dict[str, str]:
    return {"kind": "account", "id": path_run.world.person("Sven Successor").account}


def _machine(path_run: PathRun) -> dict[str, str]:
    return {"kind": "client", "id": path_run.world.machine(path_run.country).get(f"{_V1}/me")["principal"]["id"]}


def _two_countries(path_run: PathRun) -> None:
    """A person who may grant roles elsewhere, and read grants here."""
    path_run.notes["both"] = path_run.world.official(path_run.country, _FOCAL_POINT)
    path_run.world.grant(_account("both")(path_run), _OFFICER, _ELSEWHERE)


def _of_a_seat(path_run: PathRun) -> str:
    """The waiting role of a president who was appointed by a person without the permission to grant it."""
    path_run.notes["president"] = person = path_run.world.person("Petra President")
    body = {"names": [{"full": "Petra President"}], "country": path_run.country, "emails": [{"value": person.email}]}
    expert = person.create(f"{V1['membership']}/experts", body)
    for action in ("start_review", "approve"):
        path_run.by(_OFFICER).step(address_of(expert), action)
    committee(path_run)
    seat("president", person={"expert_id": expert["id"]})(path_run)
    _two_countries(path_run)
    asked = {"principal_id": person.account, "role": _PRESIDENT}
    found = eventually(lambda: path_run.world.secretariat.get(f"{_V1}/grants", **asked)["items"])
    return address_of(found[0])


def _asked_by_a_rector(path_run: PathRun) -> str:
    """The role of a representative that a person asks for, over the institution that they entered."""
    institution = candidate(path_run).rpartition("/")[2]
    scope = {"scope_kind": "institution", "scope_id": institution, "letter": DOCUMENT}
    holder = {"kind": "account", "id": _account("rector")(path_run)}
    asked = {"principal": holder, "role": "institution_representative", **scope}
    return address_of(path_run.create("rector", f"{_V1}/grants", **asked))


def _verified(path_run: PathRun) -> None:
    path_run.by(_OFFICER).step(path_run.notes["candidate"], "verify")


def _delegated(path_run: PathRun) -> str:
    """A role that its holder delegated for a week."""
    source = path_run.by("admin").get(_grant("national_author")(path_run))
    colleague = {"kind": "account", "id": path_run.world.person("Carla Colleague").account}
    scope = {name: source[name] for name in ("role", "scope_kind", "scope_id")}
    passed = {"principal": colleague, **scope, "to": day(7), "delegated_from": source["id"]}
    return address_of(path_run.create("holder", f"{_V1}/grants", **passed))


def _of_a_machine(path_run: PathRun) -> str:
    """A role of a client that may grant roles."""
    path_run.notes["machine"] = path_run.world.machine(path_run.country, _FOCAL_POINT, "national_author")
    held = path_run.by("machine").get(f"{_V1}/me")["principal"]["id"]
    found = path_run.by("admin").get(f"{_V1}/grants", principal_id=held, role="national_author")["items"]
    return address_of(found[0])


def _presidency(path_run: PathRun) -> str:
    """The role of a committee's president, granted by an administrator without a seat."""
    _two_countries(path_run)
    return str(_grant(_PRESIDENT)(path_run))


def _proposed_by_a_machine(path_run: PathRun) -> str:
    """A role of two that the secretariat's client proposes."""
    path_run.notes["newcomer"] = path_run.world.official("", "secretariat_admin")
    path_run.notes["machine"] = path_run.world.machine("", "secretariat_admin")
    return str(_grant("national_publisher", by="secretariat")(path_run))


def _ordinary_account(path_run: PathRun) -> str:
    return f"{_V1}/accounts/{path_run.world.person().account}"


def _own_account(path_run: PathRun) -> str:
    path_run.notes["owner"] = owner = path_run.world.person("Olga Owner")
    return f"{_V1}/accounts/{owner.account}"


def _close(path_run: PathRun) -> None:
    path_run.by("owner").step(f"{_V1}/accounts/me", "close")


def _registered(path_run: PathRun) -> str:
    """An account that a stranger registered with the address of somebody else."""
    path_run.notes["email"] = email = f"{uuid4().hex}@example.org"
    body = {"email": email, "name": "Sly Stranger", "language": "en"}
    assert path_run.world.everybody.post(f"{_V1}/accounts/registration", json=body).status_code == 202
    path_run.world.token_for(email, 1, "password")
    (found,) = path_run.by("admin").get(f"{_V1}/accounts", email=email)["items"]
    return address_of(found)


def _invite_its_owner(path_run: PathRun) -> None:
    path_run.create("admin", f"{_V1}/accounts", email=path_run.notes["email"], name="Olu Official")


def _administrators_account(path_run: PathRun) -> str:
    return f"{_V1}/accounts/{path_run.world.official('', 'secretariat_admin').account}"


def _invited(path_run: PathRun) -> str:
    """An account that a focal point invites."""
    body = {"email": f"{uuid4().hex}@example.org", "name": "Carla Colleague", "country": path_run.country}
    path_run.notes["email"] = body["email"]
    return address_of(path_run.create(_FOCAL_POINT, f"{_V1}/accounts", **body))


def _follow_invitation(path_run: PathRun) -> None:
    path_run.world.choose_password(path_run.notes["email"], uuid4().hex)


def _hold_more(path_run: PathRun) -> None:
    """Gives the account a role that a focal point may not grant."""
    path_run.notes["more"] = path_run.world.grant(path_run.id, _PRESIDENT, path_run.country)


def _hold_less(path_run: PathRun) -> None:
    path_run.by("admin").step(address_of(path_run.notes["more"]), "revoke")


def _last_focal_point_ends(path_run: PathRun) -> None:
    body = {"country": path_run.country, "person": {"name": "Fay Focal"}}
    point = path_run.create("admin", f"{V1['actions']}/focal_points", **body)
    for action in ("accept", "end"):
        path_run.by("admin").step(address_of(point), action)


def _proposed_client(path_run: PathRun) -> str:
    """A client that a focal point proposes who is then made an administrator, as is a person whom they invited."""
    world = path_run.world
    path_run.notes["proposer"] = proposer = world.official(path_run.country, _FOCAL_POINT)
    path_run.notes["invited"] = invited = world.person("Ivo Invited", proposer, country=path_run.country)
    path_run.notes["machine"] = world.machine("", "secretariat_admin")
    record = _client(path_run, "proposer")
    for person in (proposer, invited):
        world.grant(person.account, "secretariat_admin", "")
    return record


def _client(path_run: PathRun, by: str = "admin") -> str:
    body = {"name": "A client", "scope_kind": "country", "scope_id": path_run.country}
    made = path_run.create(by, f"{_V1}/clients", **body, resources=["membership.*"], verbs=["read"])
    return address_of(made)


def _client_of_two(path_run: PathRun) -> str:
    """A client with a role that a second person confirms."""
    held = path_run.world.machine("", "secretariat_admin").get(f"{_V1}/me")["principal"]["id"]
    return f"{_V1}/clients/{held}"


def _propose_secret(path_run: PathRun) -> None:
    assert path_run.by("admin").send("POST", f"{path_run.record}/secrets").status_code == 202


def _key_of_two(path_run: PathRun) -> str:
    owner = {"kind": "client", "id": _client_of_two(path_run).rpartition("/")[2]}
    made = path_run.create(
        "admin", f"{_V1}/api_keys", name="A key", owner=owner, resources=["access.*"], verbs=["read"]
    )
    return address_of(made)


def _key(**life: timedelta) -> Any:
    def start(path_run: PathRun) -> str:
        path_run.notes["owner"] = path_run.world.person("Olga Owner")
        ends = {name: (datetime.now(UTC) + span).isoformat() for name, span in life.items()}
        made = path_run.create("owner", f"{_V1}/api_keys", name="A key", resources=["access.*"], verbs=["read"], **ends)
        return address_of(made)

    return start


def _recover(path_run: PathRun) -> None:
    owner = path_run.by("owner")
    assert isinstance(owner, Person)
    path_run.world.recover(owner)


def _session(path_run: PathRun) -> str:
    """The trail of a session of a person who signs in."""
    path_run.notes["owner"] = path_run.world.person("Olga Owner")
    (opened,) = path_run.by("owner").get(f"{_V1}/sessions")["items"]
    path_run.notes["session"] = f"{_V1}/sessions/{opened['id']}"
    return f"{_V1}/audit?subject={opened['id']}"


def _consent(path_run: PathRun) -> str:
    """The trail of a consent of a person who signs in to a client."""
    place = {"scope_kind": "country", "scope_id": path_run.country, "resources": ["membership.*"], "verbs": ["read"]}
    client = path_run.create("admin", f"{_V1}/clients", name="Desk", **place, public=True, redirect_uris=[BACK])
    path_run.notes["owner"] = owner = path_run.world.person("Olga Owner")
    consent(str(path_run.world.everybody.base_url), client, owner.login["username"], owner.login["password"])
    (given_to,) = owner.get(f"{_V1}/authorizations")["items"]
    path_run.notes["consent"] = f"{_V1}/authorizations/{given_to['id']}"
    return f"{_V1}/audit?subject={given_to['id']}"


def _take_back(path_run: PathRun) -> None:
    assert path_run.by("owner").send("DELETE", path_run.notes["consent"]).status_code == 204


def _sign_out(path_run: PathRun) -> None:
    owner: Client = path_run.by("owner")
    assert owner.send("DELETE", path_run.notes["session"]).status_code == 204


def last_state(trail: Any) -> str:
    """The latest state in the trail, which follows a moment later."""
    return str(([""] + [line["to"] for line in trail["items"]])[-1])


PATHS = (
    Path(
        "access.accounts",
        "GD",
        _ordinary_account,
        "active",
        (
            taken("admin", "suspend", "suspended"),
            taken("admin", "reinstate", "active"),
            taken("admin", "change_identity", "active", name="Another Name"),
            taken("admin", "send_password_reset", "active"),
        ),
    ),
    Path(
        "access.accounts",
        "GD",
        _own_account,
        "active",
        (refused("admin", "close", "not_the_owner"), follows("close", "closed", _close)),
    ),
    Path("access.accounts", "GD", _registered, "active", (follows("make_way", "closed", _invite_its_owner),)),
    Path(
        "access.accounts",
        "GD",
        _administrators_account,
        "active",
        (
            agreed("admin", "admin2", "suspend", "suspended"),
            agreed("admin", "admin2", "reinstate", "active"),
            agreed("admin", "admin2", "change_identity", "active", name="Another Name"),
        ),
    ),
    Path(
        "access.accounts",
        "DM",
        _invited,
        "invited",
        (
            follows("activate", "active", _follow_invitation),
            given(_hold_more),
            refused(_FOCAL_POINT, "suspend", "holds_more_than_you_may_grant", _hold_less),
            taken(_FOCAL_POINT, "suspend", "suspended"),
            taken(_FOCAL_POINT, "reinstate", "active"),
            given(_hold_more),
            follows("suspend", "suspended", _last_focal_point_ends),
            refused(_FOCAL_POINT, "reinstate", "holds_more_than_you_may_grant", _hold_less),
            taken(_FOCAL_POINT, "reinstate", "active"),
            taken("admin", "suspend", "suspended"),
            refused(_FOCAL_POINT, "reinstate", "suspended_by_the_secretariat"),
            taken("admin", "reinstate", "active"),
        ),
    ),
    Path(
        "access.clients",
        "GD",
        _client,
        "active",
        (
            taken("admin", "change_credentials", "active", name="Another Name"),
            refused(_FOCAL_POINT, "suspend", "not_made_by_the_country"),
            taken("admin", "suspend", "suspended"),
            refused(_FOCAL_POINT, "reinstate", "not_made_by_the_country"),
            taken("admin", "reinstate", "active"),
            refused(_FOCAL_POINT, "revoke", "not_made_by_the_country"),
            taken("admin", "revoke", "revoked"),
        ),
    ),
    Path(
        "access.clients",
        "GD",
        _proposed_client,
        "proposed",
        (
            refused("proposer", "confirm", "second_person_is_the_first"),
            refused("invited", "confirm", "credentials_set_recently"),
            refused("machine", "confirm", "second_person_is_a_client", second_person=_account("admin2")),
            refused("secretariat", "confirm", "second_person_missing"),
            refused("secretariat", "confirm", "second_person_not_entitled", second_person=_account("reviewer1")),
            taken("admin", "confirm", "active"),
            taken("admin", "suspend", "suspended"),
            refused(_FOCAL_POINT, "reinstate", "suspended_by_the_secretariat"),
            taken("admin", "reinstate", "active"),
            taken(_FOCAL_POINT, "suspend", "suspended"),
            taken(_FOCAL_POINT, "reinstate", "active"),
            taken(_FOCAL_POINT, "revoke", "revoked"),
        ),
    ),
    Path(
        "access.clients",
        "DM",
        lambda path_run: _client(path_run, _FOCAL_POINT),
        "proposed",
        (taken("admin", "reject", "revoked"),),
    ),
    Path(
        "access.clients",
        "GD",
        _client_of_two,
        "active",
        (
            refused("admin", "confirm_secret", "no_proposed_secret", _propose_secret),
            confirmed("admin2", "confirm_secret", "active"),
            agreed("admin", "admin2", "change_credentials", "active", ip_allow=["127.0.0.0/8"]),
        ),
    ),
    Path(
        "access.clients",
        "GD",
        _client,
        "active",
        (
            agreed("admin", "admin2", "mark_first_party", "active"),
            refused("admin", "mark_first_party", "already_first_party", second_person=_account("admin2")),
        ),
    ),
    Path("access.authorizations", "GD", _consent, "active", (follows("end", "ended", _take_back),), status=last_state),
    Path("access.api_keys", "GD", _key(), "active", (taken("owner", "revoke", "revoked"),)),
    Path("access.api_keys", "GD", _key_of_two, "proposed", (confirmed("admin2", "confirm", "active"),)),
    Path(
        "access.api_keys",
        "GD",
        _key(expires_at=timedelta(hours=1)),
        "active",
        (
            follows("suspend", "suspended", _recover),
            refused("admin", "enable", "not_the_owner"),
            taken("owner", "enable", "active"),
            follows("expire", "expired", later("access.expire_api_keys", 1)),
        ),
    ),
    Path("access.sessions", "GD", _session, "active", (follows("end", "ended", _sign_out),), status=last_state),
    Path(
        "access.sessions",
        "GD",
        _session,
        "active",
        (follows("expire", "expired", later("access.expire_sessions", 1)),),
        status=last_state,
    ),
    Path(
        "access.grants",
        "LC",
        _of_a_seat,
        "proposed",
        (
            refused(_FOCAL_POINT, "confirm", "role_not_yours_to_hand_on"),
            refused("both", "confirm", "beyond_own_scope"),
            taken(_OFFICER, "confirm", "active"),
            refused("admin", "hand_over", "follows_an_office"),
            refused(_FOCAL_POINT, "revoke", "role_not_yours_to_hand_on"),
            refused("both", "revoke", "beyond_own_scope"),
            taken(_OFFICER, "revoke", "revoked"),
        ),
    ),
    Path(
        "access.grants",
        "LC",
        _asked_by_a_rector,
        "proposed",
        (
            refused(_OFFICER, "confirm", "institution_not_verified", _verified),
            taken(_OFFICER, "confirm", "active"),
            taken(_OFFICER, "revoke", "revoked"),
        ),
    ),
    Path(
        "access.grants",
        "LC",
        _presidency,
        "active",
        (
            refused(_FOCAL_POINT, "hand_over", "role_not_yours_to_hand_on"),
            refused("both", "hand_over", "beyond_own_scope"),
            taken("admin", "hand_over", "active", principal=_person, to=day(1)),
        ),
    ),
    Path(
        "access.grants",
        "LC",
        _of_a_machine,
        "active",
        (
            refused("machine", "hand_over", "own_grant"),
            taken("admin", "hand_over", "active", principal=_machine, to=day(1)),
        ),
    ),
    Path("access.grants", "LC", _delegated, "active", (refused("admin", "hand_over", "not_further"),)),
    Path(
        "access.grants",
        "LC",
        _grant("national_publisher", _OFFICER, to=day(1)),
        "proposed",
        (
            refused("admin", "confirm", "second_person_is_the_first"),
            refused(_OFFICER, "confirm", "own_grant"),
            taken("admin2", "confirm", "active"),
            refused("admin", "hand_over", "role_not_delegated"),
            follows("expire", "expired", later("access.expire_grants", 2)),
        ),
    ),
    Path(
        "access.grants",
        "LC",
        _grant("national_publisher", second_person=_account("admin2")),
        "proposed",
        (refused("admin", "confirm", "another_second_person_named"), taken("admin2", "confirm", "active")),
    ),
    Path(
        "access.grants",
        "LC",
        _proposed_by_a_machine,
        "proposed",
        (
            refused("newcomer", "confirm", "credentials_set_recently"),
            refused("machine", "confirm", "second_person_is_a_client", second_person=_account("admin2")),
            refused("secretariat", "confirm", "second_person_missing"),
            refused("secretariat", "confirm", "second_person_not_entitled", second_person=_account("reviewer1")),
            taken("secretariat", "confirm", "active", second_person=_account("admin2")),
        ),
    ),
)
