"""Every way to obtain a role or a credential, through a record of access or of an office.

The response to an actor follows from the role table and `why_not_grant`, as everywhere else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from deploy.matrix.holders import OWN
from services.access.access import EVERY_RESOURCE, MACHINE_ROLE, ROLE_SCOPES, ROLES, WantedGrant, why_not_grant_all
from shared.auth.second_person import OFFICE
from shared.kernel.principal import Grant, Principal, PrincipalKind

_SINCE = date(2020, 1, 1)
_TARGET, _ACTOR = UUID(int=1), UUID(int=2)
HANDED_ON, OF_TWO = "national_author", "national_publisher"
"""The role that grants and clients give here, and one that a second person must confirm."""
GAINING = frozenset(
    (
        "accounts",
        "grants",
        "clients",
        "api_keys",
        "seats",
        "focal_points",
        "reviewers",
        "calls",
        "evaluations",
        "centres",
        "merges",
        "experts",
        "institutions",
        "delegations",
    )
)
"""Kinds of record whose writing operations are in the table."""


@dataclass(frozen=True, slots=True)
class Way:
    """An operation with the permission over a record of access that it requires; none if the role follows from a record
    of another service. A gain of `client` includes the roles of the client, and one of `client of two` those of a
    client with a role that a second person confirms. A way to such a role proposes it, unless it `confirms` it."""

    operation: str
    how: str
    resource: str = ""
    verb: str = ""
    act: str = "create"
    gain: str = HANDED_ON
    everywhere: bool = False
    confirms: bool = False

    @property
    def proposes(self) -> bool:
        """Whether the gain waits for a second person."""
        return self.gain in (_CLIENT_OF_TWO, OF_TWO) and not self.confirms


_PRESIDENT, _FOCAL_POINT = "committee_president", "government_focal_point"
_CLIENT, _CLIENT_OF_TWO = "client", "client of two"
_REPRESENTATIVE, _EXPERT, _REVIEWER = "institution_representative", "expert", "reviewer"
DIRECTOR = "centre_director"
PANEL, EVALUATION_PANEL = "panel", "panel of an evaluation"
"""The gains of members of the panels of calls and evaluations."""
DELEGATE = "author of a report"
"""The gain of whom sections of a report are delegated to."""
_HELD = {
    _CLIENT: (MACHINE_ROLE, HANDED_ON),
    _CLIENT_OF_TWO: (MACHINE_ROLE, OF_TWO),
    PANEL: (_REVIEWER,),
    EVALUATION_PANEL: (_REVIEWER,),
}
_OVER_ONE = {_REPRESENTATIVE: "institution", _EXPERT: "self", _REVIEWER: "record", DIRECTOR: "centre"}
_ADDRESS = "the address of an account"
_confirming = partial(Way, gain=_CLIENT_OF_TWO, confirms=True)
WAYS = (
    Way("createGrant", "a grant", "grants", "create"),
    Way("transitionGrant", "confirm", "grants", "confirm", "confirm"),
    Way("transitionGrant", "hand_over", "grants", "hand_over", "hand_over"),
    Way("createGrant", "a grant", "grants", "create", gain=OF_TWO),
    Way("transitionGrant", "confirm", "grants", "confirm", "confirm", gain=OF_TWO, confirms=True),
    Way("updateAccount", _ADDRESS, "accounts", "update", everywhere=True),
    Way("transitionAccount", _ADDRESS, "accounts", "change_identity", everywhere=True),
    Way("updateAccount", _ADDRESS, "accounts", "update", gain=OF_TWO, everywhere=True),
    _confirming(
        "decideAccountPendingTransition", _ADDRESS, "accounts", "change_identity", gain=OF_TWO, everywhere=True
    ),
    Way("createClient", "a client", "clients", "create", gain=MACHINE_ROLE),
    Way("transitionClient", "a proposed client", "clients", "confirm", gain=MACHINE_ROLE, confirms=True),
    Way("addClientSecret", "a secret", "clients", "update", gain=_CLIENT),
    Way("updateClient", "keys or networks", "clients", "update", gain=_CLIENT),
    Way("transitionClient", "keys or networks", "clients", "change_credentials", gain=_CLIENT),
    Way("createApiKey", "a key for a client", "api_keys", "create", gain=_CLIENT, everywhere=True),
    Way("addClientSecret", "a secret", "clients", "update", gain=_CLIENT_OF_TWO),
    Way("updateClient", "keys or networks", "clients", "update", gain=_CLIENT_OF_TWO),
    Way("createApiKey", "a key for a client", "api_keys", "create", gain=_CLIENT_OF_TWO, everywhere=True),
    _confirming("decideClientPendingTransition", "a secret", "clients", "confirm_secret"),
    _confirming("decideClientPendingTransition", "keys or networks", "clients", "change_credentials"),
    _confirming("decideApiKeyPendingTransition", "a key for a client", "api_keys", "confirm", everywhere=True),
    Way("createSeat", "the role of the seat", gain=_PRESIDENT),
    Way("updateSeat", "the role of the seat", gain=_PRESIDENT),
    Way("createFocalPoint", "the role of the office", gain=_FOCAL_POINT),
    Way("updateFocalPoint", "the role of the office", gain=_FOCAL_POINT),
    Way("transitionFocalPoint", "the role of the office", gain=_FOCAL_POINT),
    Way("createCentreReviewer", "the role of the reviewer", gain=_REVIEWER),
    Way("transitionReviewer", "the role of the reviewer", gain=_REVIEWER),
    Way("transitionCentre", "the role of the director", gain=DIRECTOR),
    Way("updateCentre", "the role of the director", gain=DIRECTOR),
    Way("updateCall", "the role of the panel", gain=PANEL),
    Way("transitionCall", "the role of the panel", gain=PANEL),
    Way("createEvaluation", "the role of the panel", gain=EVALUATION_PANEL),
    Way("updateEvaluation", "the role of the panel", gain=EVALUATION_PANEL),
    Way("createDelegation", "the role of an author over a report", gain=DELEGATE),
    Way("createMerge", "roles over an institution", gain=_REPRESENTATIVE),
    Way("createMerge", "an expert's own entry", gain=_EXPERT),
    Way("transitionInstitution", "roles over an institution", gain=_REPRESENTATIVE),
)
WITHOUT_GAIN = frozenset(
    (
        "transitionDelegation", "transitionDelegationOfReport",
        "removeClientSecret", "updateApiKey", "transitionApiKey", "transitionSeat", "transitionMerge", "createExpert",
        "updateExpert", "transitionExpert", "decideExpertPendingTransition", "bulkTransitionExperts",
        "exportExpertSubject", "requestExpertErasure", "beginExpertOrcidLink",
        "completeExpertOrcidLink", "importExpertOrcid", "createExpertAffiliation", "updateExpertAffiliation",
        "transitionExpertAffiliation", "updateReviewer", "createCentre", "transitionEvaluation",
        "createEvaluationScore", "updateEvaluationScore",
        "decideCentrePendingTransition", "createCall", "createNomination", "decideReviewerInvitation",
        "createContributionReviewer", "transitionContributionReviewer",
        "createInstitution", "updateInstitution", "createImport", "createAccount", "requestVerification",
        "registerAccount", "claimExpert", "updateOwnAccount", "transitionOwnAccount",
        "requestPasswordReset", "confirmVerification", "confirmPasswordReset", "changeOwnPassword",
        "changeOwnEmail", "confirmOwnEmail", "refuseEmailChange",
    )
)  # fmt: skip
"""Operations over the same kinds that give no role or credential: own entries, drafts or accounts, other names, ends,
undone merges, mails to owners, accepting what somebody else gives."""


def actors() -> Iterator[Principal]:
    """One of each role over a country or everywhere, then a key and clients whose grant is narrowed."""
    for role, kinds in ROLE_SCOPES.items():
        for kind in sorted(kinds & {"country", "global"}):
            yield _principal(f"{role}, {kind}", PrincipalKind.ACCOUNT, _grant(role, kind))
    whole = _grant("secretariat_admin", "global", EVERY_RESOURCE)
    yield _principal("key of secretariat_admin", PrincipalKind.KEY, whole)
    yield _principal("client narrowed to access", PrincipalKind.CLIENT, _grant(whole.role, "global", {"access.*"}))
    yield _principal("sandbox client", PrincipalKind.CLIENT, whole, sandbox=True)
    yield _principal("whole client", PrincipalKind.CLIENT, whole)


def expected(way: Way, actor: Principal) -> bool:
    """Whether the actor can obtain the gain for another account or client in its own country."""
    return _is_permitted(way, actor) and why_not_grant_all(actor, _gains(way, "account", _TARGET), way.act) is None


def expected_for_oneself(way: Way, actor: Principal) -> bool:
    """Whether the actor can obtain the gain for itself."""
    gains = _gains(way, str(actor.kind), actor.id or _ACTOR)
    return _is_permitted(way, actor) and why_not_grant_all(actor, gains, way.act) is None


def _is_permitted(way: Way, actor: Principal) -> bool:
    if way.confirms and (actor.kind is not PrincipalKind.ACCOUNT or not _may_be_second(way, actor)):
        return False
    if not way.resource:
        return True
    reach = actor.permission_scope(ROLES, f"access.{way.resource}", way.verb)
    return reach.covers(None if way.everywhere else OWN)


def _may_be_second(way: Way, actor: Principal) -> bool:
    """Whether the actor may confirm: for grants, whoever may grant the role; else an administrator."""
    return way.resource == "grants" or actor.grants[0].role == OFFICE


def _gains(way: Way, kind: str, holder: UUID) -> Iterator[WantedGrant]:
    if way.gain == DELEGATE:
        yield WantedGrant(HANDED_ON, "record", str(_TARGET), kind, holder, delegated_in=OWN)
        return
    for role in _HELD.get(way.gain, (way.gain,)):
        scope = (_OVER_ONE[role], str(_TARGET)) if role in _OVER_ONE else ("country", OWN)
        yield WantedGrant(role, *scope, kind, holder, OWN if role == _REVIEWER else None)


def _grant(role: str, kind: str, resources: frozenset[str] | set[str] | None = None) -> Grant:
    verbs = None if resources is None else frozenset(("read", "write"))
    narrowed = None if resources is None else frozenset(resources)
    return Grant(role, kind, OWN if kind == "country" else None, _SINCE, None, narrowed, verbs)


def _principal(name: str, kind: PrincipalKind, grant: Grant, *, sandbox: bool = False) -> Principal:
    return Principal(kind, _ACTOR, name, (grant,), sandbox)
