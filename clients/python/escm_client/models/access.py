"""Bodies, responses and resources of access. Written by `clients.python.generate` from the contract."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from ..resources import Collection, Service

class AccountCreate(TypedDict):
    email: str
    name: str
    language: NotRequired[Literal["en", "fr", "es", "ar", "zh", "ru"]]
    country: NotRequired[str | None]


class AccountFields(TypedDict):
    email: NotRequired[str | None]
    name: NotRequired[str | None]
    language: NotRequired[Literal["en", "fr", "es", "ar", "zh", "ru"] | None]
    second_person: NotRequired[str | None]


class AccountPatch(TypedDict):
    email: NotRequired[str | None]
    name: NotRequired[str | None]
    language: NotRequired[Literal["en", "fr", "es", "ar", "zh", "ru"] | None]


class AccountTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[AccountFields]


class Actor(TypedDict):
    kind: str
    id: str | None
    name: str | None


class AddressBody(TypedDict):
    email: str


class AllowedAction(TypedDict):
    action: str
    to: str
    allowed: bool
    reason: str | None


class ApiKeyCreate(TypedDict):
    name: str
    owner: NotRequired[Holder | None]
    resources: list[str]
    verbs: list[Literal["read", "write"]]
    countries: NotRequired[list[str] | None]
    expires_at: NotRequired[str | None]


class ApiKeyFields(TypedDict):
    second_person: NotRequired[str | None]


class ApiKeyPatch(TypedDict):
    name: NotRequired[str | None]


class ApiKeyTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[ApiKeyFields]


class Attempt(TypedDict):
    at: str
    status_code: int | None
    milliseconds: int
    problem: str | None
    answer_head: NotRequired[str | None]


class AuditPage(TypedDict):
    items: list[AuditLine]
    next_after: str


class Authorization(TypedDict):
    id: str
    ref: str
    account_id: str
    client: str
    client_name: str
    scope: str
    created_at: str
    links: Links


class AuthorizationPage(TypedDict):
    items: list[Authorization]
    next: NotRequired[None]


class Behind(TypedDict):
    events: int
    seconds: float


class Change(TypedDict):
    pointer: str
    before: NotRequired[Any]
    after: NotRequired[Any]


class ClientCreate(TypedDict):
    name: str
    ip_allow: NotRequired[list[str]]
    jwks: NotRequired[PublicKeys | None]
    redirect_uris: NotRequired[list[str]]
    post_logout_redirect_uris: NotRequired[list[str]]
    grants: NotRequired[list[Literal["authorization_code", "client_credentials"]]]
    require_par: NotRequired[bool]
    dpop_bound: NotRequired[bool]
    backchannel_logout_uri: NotRequired[str | None]
    contacts: NotRequired[list[str]]
    scope_kind: Literal["country", "region", "global"]
    scope_id: NotRequired[str | None]
    resources: list[str]
    verbs: list[Literal["read", "write"]]
    secret: NotRequired[bool | None]
    public: NotRequired[bool]
    sandbox: NotRequired[bool]


class ClientFields(TypedDict):
    name: NotRequired[str | None]
    ip_allow: NotRequired[list[str] | None]
    jwks: NotRequired[PublicKeys | None]
    redirect_uris: NotRequired[list[str] | None]
    post_logout_redirect_uris: NotRequired[list[str] | None]
    grants: NotRequired[list[Literal["authorization_code", "client_credentials"]] | None]
    require_par: NotRequired[bool | None]
    dpop_bound: NotRequired[bool | None]
    second_person: NotRequired[str | None]


class ClientPatch(TypedDict):
    name: NotRequired[str | None]
    ip_allow: NotRequired[list[str] | None]
    jwks: NotRequired[PublicKeysPatch | None]
    redirect_uris: NotRequired[list[str] | None]
    post_logout_redirect_uris: NotRequired[list[str] | None]
    grants: NotRequired[list[Literal["authorization_code", "client_credentials"]] | None]
    require_par: NotRequired[bool | None]
    dpop_bound: NotRequired[bool | None]
    backchannel_logout_uri: NotRequired[str | None]
    contacts: NotRequired[list[str] | None]


class ClientSecret(TypedDict):
    client_id: str
    id: str
    secret: str | None


class ClientTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[ClientFields]


class ClientUse(TypedDict):
    day: str
    operation: str
    service: str
    method: str
    path: str
    calls: int
    failures: int
    last: str


class ClientUsePage(TypedDict):
    items: list[ClientUse]
    next: NotRequired[str | None]


class CloudEvent(TypedDict):
    id: str
    source: str
    specversion: str
    type: str
    time: str
    subject: str
    dataschema: str
    sequence: str
    data: FactData


class Confirmer(TypedDict):
    id: str
    name: str


class DecisionBody(TypedDict):
    decision: Literal["confirm", "decline", "withdraw"]
    reason: NotRequired[str | None]


class Delivery(TypedDict):
    id: str
    event_id: str
    type: str
    record: str
    country: str | None
    status: str
    replay: bool
    next_attempt_at: str | None
    attempts: list[Attempt]


class DeliveryPage(TypedDict):
    items: list[Delivery]
    next: str | None


class DeprecatedUse(TypedDict):
    operation: str
    service: str
    method: str
    path: str
    calls: int
    last_called: str
    deprecated_on: str
    sunset: str
    link: str


class DeprecatedUsePage(TypedDict):
    items: list[DeprecatedUse]
    next: NotRequired[None]


class DeviceCodes(TypedDict):
    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


class Document(TypedDict):
    title: str
    date: str
    url: NotRequired[str | None]
    evidence_id: NotRequired[str | None]
    sha256: NotRequired[str | None]


class EndedSessions(TypedDict):
    ended: int


class EventPage(TypedDict):
    items: list[CloudEvent]
    next_after: str


class EventPosition(TypedDict):
    after: str


class EventType(TypedDict):
    type: str
    description: str
    schema: str
    sample: CloudEvent | None


class EventTypePage(TypedDict):
    items: list[EventType]


class FactData(TypedDict):
    id: str
    ref: str
    version: int
    country: str | None
    country_left: NotRequired[str | None]
    link: str


class FactorCreate(TypedDict):
    name: str
    kind: Literal["totp", "passkey", "recovery_codes"]


class FactorFields(TypedDict):
    code: NotRequired[str | None]
    credential: NotRequired[dict[str, Any] | None]
    second_person: NotRequired[str | None]


class FactorPatch(TypedDict):
    name: NotRequired[str | None]


class FactorTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[FactorFields]


class FieldProblem(TypedDict):
    code: str
    detail: str
    pointer: NotRequired[str | None]
    parameter: NotRequired[str | None]


class Figure(TypedDict):
    at: str
    delivered: int
    retrying: int
    exhausted: int
    cancelled: int
    p50: int | None
    p95: int | None


class Figures(TypedDict):
    items: list[Figure]


class GrantFields(TypedDict):
    second_person: NotRequired[str | None]
    principal: NotRequired[Holder | None]
    to: NotRequired[str | None]


class GrantHolder(TypedDict):
    kind: str
    id: str
    name: NotRequired[str | None]


class GrantTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[GrantFields]


class Health(TypedDict):
    state: str
    failures: int
    last_success: str | None
    last_problem: str | None


class History(TypedDict):
    items: list[HistoryLine]
    next: str | None


class Holder(TypedDict):
    kind: Literal["account", "client"]
    id: str


class Identity(TypedDict):
    id: str
    ref: str
    account_id: str
    provider: str
    issuer: str
    subject: str
    email: str | None
    linked_at: str
    last_used: str | None
    links: Links


class IdentityPage(TypedDict):
    items: list[Identity]
    next: NotRequired[None]


class IdentityProviderCreate(TypedDict):
    titles: dict[str, str]
    issuer: str
    client_id: str
    auth: NotRequired[Literal["private_key_jwt", "secret"]]
    secret: NotRequired[str | None]
    scopes: NotRequired[list[str]]
    countries: NotRequired[list[str]]
    domains: NotRequired[list[str]]
    claims: NotRequired[ProviderClaims]
    levels: NotRequired[dict[str, Any]]
    accounts: NotRequired[Literal["invited", "domain", "anyone"]]
    access_tokens: NotRequired[ProviderAccessTokens | None]
    code: str


class IdentityProviderFields(TypedDict):
    second_person: NotRequired[str | None]


class IdentityProviderPatch(TypedDict):
    titles: NotRequired[dict[str, str | None] | None]
    issuer: NotRequired[str | None]
    client_id: NotRequired[str | None]
    auth: NotRequired[Literal["private_key_jwt", "secret"] | None]
    secret: NotRequired[str | None]
    scopes: NotRequired[list[str] | None]
    countries: NotRequired[list[str] | None]
    domains: NotRequired[list[str] | None]
    claims: NotRequired[ProviderClaimsPatch | None]
    levels: NotRequired[dict[str, Any] | None]
    accounts: NotRequired[Literal["invited", "domain", "anyone"] | None]
    access_tokens: NotRequired[ProviderAccessTokensPatch | None]


class IdentityProviderTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[IdentityProviderFields]


class Introspection(TypedDict):
    active: bool


class Job(TypedDict):
    id: str
    kind: str
    status: str
    progress: Progress
    result: dict[str, Any] | None
    result_url: str | None
    problem: Problem | None
    attempts: int
    created_at: str
    finished_at: str | None
    links: Links


class JsonWebKey(TypedDict):
    kty: str
    kid: NotRequired[str | None]
    alg: NotRequired[str | None]
    use: NotRequired[str | None]
    crv: NotRequired[str | None]
    x: NotRequired[str | None]
    y: NotRequired[str | None]


class KeySet(TypedDict):
    keys: list[JsonWebKey]


class Links(TypedDict):
    self: str


class Liveness(TypedDict):
    status: str


class Me(TypedDict):
    principal: Principal
    grants: list[HeldGrant]
    resources: NotRequired[list[str] | None]
    verbs: NotRequired[list[str] | None]
    suspended_api_keys: NotRequired[list[str]]
    session_id: str | None
    expires_at: str


class Metadata(TypedDict):
    issuer: str
    authorization_endpoint: str
    end_session_endpoint: str
    backchannel_logout_supported: bool
    backchannel_logout_session_supported: bool
    code_challenge_methods_supported: list[str]
    pushed_authorization_request_endpoint: str
    require_pushed_authorization_requests: bool
    token_endpoint: str
    revocation_endpoint: str
    introspection_endpoint: str
    jwks_uri: str
    device_authorization_endpoint: NotRequired[str | None]
    grant_types_supported: list[str]
    response_types_supported: list[str]
    response_modes_supported: list[str]
    authorization_response_iss_parameter_supported: bool
    prompt_values_supported: list[str]
    scopes_supported: list[str]
    subject_types_supported: list[str]
    id_token_signing_alg_values_supported: list[str]
    dpop_signing_alg_values_supported: list[str]
    acr_values_supported: list[str]
    claims_supported: list[str]
    claims_parameter_supported: bool
    request_parameter_supported: bool
    request_uri_parameter_supported: bool
    ui_locales_supported: list[str]
    protected_resources: list[str]
    service_documentation: str
    token_endpoint_auth_methods_supported: list[str]
    token_endpoint_auth_signing_alg_values_supported: list[str]
    introspection_endpoint_auth_methods_supported: list[str]
    introspection_endpoint_auth_signing_alg_values_supported: list[str]
    revocation_endpoint_auth_methods_supported: list[str]
    revocation_endpoint_auth_signing_alg_values_supported: list[str]


class NewPasswordBody(TypedDict):
    token: str
    password: str


class Notification(TypedDict):
    id: str
    kind: str
    event: str
    record: NotifiedRecord
    link: str
    at: str
    read_at: str | None


class NotificationPage(TypedDict):
    items: list[Notification]
    unread: int
    next: str | None


class NotifiedRecord(TypedDict):
    resource: str
    id: str
    ref: str


class OfferedAction(TypedDict):
    action: str
    to: str
    allowed: bool
    reason: str | None
    requires: list[str]
    fields: list[str]
    fields_schema: dict[str, Any]


class OpenTransition(TypedDict):
    id: str
    action: str
    reason: str | None
    fields: dict[str, Any]
    status: Literal["pending", "confirmed", "declined", "withdrawn", "expired"]
    proposed_by: Proposer
    second_person: str | None
    record: PendingRecord
    created_at: str
    expires_at: str
    links: Links
    could_confirm: list[Confirmer]


class OwnAccountPatch(TypedDict):
    name: NotRequired[str | None]
    language: NotRequired[Literal["en", "fr", "es", "ar", "zh", "ru"] | None]
    notifications: NotRequired[dict[str, Literal["mail", "digest", "none"] | None] | None]


class OwnEmailBody(TypedDict):
    password: str
    email: str


class OwnPasswordBody(TypedDict):
    old_password: str
    new_password: str


class Page(TypedDict):
    next: str | None
    total_estimate: NotRequired[int | None]
    permitted: NotRequired[list[str] | None]


class PendingRecord(TypedDict):
    id: str
    ref: str
    version: int


class PendingTransition(TypedDict):
    id: str
    action: str
    reason: str | None
    fields: dict[str, Any]
    status: Literal["pending", "confirmed", "declined", "withdrawn", "expired"]
    proposed_by: Proposer
    second_person: str | None
    record: PendingRecord
    created_at: str
    expires_at: str
    links: Links


class PendingTransitionPage(TypedDict):
    items: list[OpenTransition]
    next: str | None


class Principal(TypedDict):
    kind: str
    id: str
    name: str


class Problem(TypedDict):
    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    request_id: str
    errors: NotRequired[list[FieldProblem] | None]


class Progress(TypedDict):
    done: int
    total: int | None


class ProposedSecret(TypedDict):
    id: str
    action: str
    reason: str | None
    fields: dict[str, Any]
    status: Literal["pending", "confirmed", "declined", "withdrawn", "expired"]
    proposed_by: Proposer
    second_person: str | None
    record: PendingRecord
    created_at: str
    expires_at: str
    links: Links
    secret: str | None


class Proposer(TypedDict):
    kind: str
    id: str


class ProviderAccessTokens(TypedDict):
    audience: str
    subject: NotRequired[str]


class ProviderAccessTokensPatch(TypedDict):
    audience: NotRequired[str | None]
    subject: NotRequired[str | None]


class ProviderClaims(TypedDict):
    subject: NotRequired[str]
    email: NotRequired[str]
    name: NotRequired[str]


class ProviderClaimsPatch(TypedDict):
    subject: NotRequired[str | None]
    email: NotRequired[str | None]
    name: NotRequired[str | None]


class PublicKeys(TypedDict):
    keys: list[JsonWebKey]


class PublicKeysPatch(TypedDict):
    keys: NotRequired[list[JsonWebKey] | None]


class Pushed(TypedDict):
    request_uri: str
    expires_in: int


class ReadinessState(TypedDict):
    status: str
    checks: dict[str, str]


class Record(TypedDict):
    id: str
    ref: str
    version: int
    country: str | None
    created_at: NotRequired[str | None]
    created_by: NotRequired[str | None]
    updated_at: NotRequired[str | None]
    updated_by: NotRequired[str | None]
    allowed_actions: NotRequired[list[AllowedAction] | None]
    links: Links


class Registered(TypedDict):
    pass


class RegistrationBody(TypedDict):
    email: str
    name: str
    language: NotRequired[Literal["en", "fr", "es", "ar", "zh", "ru"] | None]


class ResetBody(TypedDict):
    country: NotRequired[str | None]


class ResourceMetadata(TypedDict):
    resource: str
    authorization_servers: list[str]
    bearer_methods_supported: list[str]
    dpop_signing_alg_values_supported: list[str]
    dpop_bound_access_tokens_required: bool
    resource_documentation: str


class SampleBody(TypedDict):
    type: str
    country: NotRequired[str | None]


class Session(TypedDict):
    id: str
    ref: str
    account_id: str
    label: str | None
    client: str | None
    client_name: str | None
    provider: str | None
    acr: str | None
    amr: list[str] | None
    created_at: str
    last_used: str | None
    ends_at: str
    current: bool
    links: Links


class SessionPage(TypedDict):
    items: list[Session]
    next: NotRequired[None]


class SigningKeyFields(TypedDict):
    second_person: NotRequired[str | None]


class SigningKeyTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[SigningKeyFields]


class TermPage(TypedDict):
    items: list[VocabularyTerm]
    next: NotRequired[None]


class Token(TypedDict):
    access_token: str
    token_type: str
    expires_in: int
    scope: str
    refresh_token: NotRequired[str | None]
    refresh_expires_in: NotRequired[int | None]
    id_token: NotRequired[str | None]


class TokenBody(TypedDict):
    token: str


class Transitions(TypedDict):
    status: str
    allowed_actions: list[OfferedAction]
    states: list[str]
    permitted: NotRequired[list[str]]


class VocabularyPage(TypedDict):
    items: list[VocabularySummary]
    next: NotRequired[None]


class VocabularySummary(TypedDict):
    name: str
    description: str
    terms: int
    link: str


class VocabularyTerm(TypedDict):
    code: str
    resource: str | None
    titles: dict[str, str]
    meaning: str
    page: str


class WebhookCreate(TypedDict):
    name: str
    url: str
    types: list[str]
    countries: NotRequired[list[str] | None]
    records: NotRequired[list[str] | None]
    signatures: NotRequired[list[Literal["v1", "v1a"]]]
    bulk: NotRequired[Literal["notice", "each"]]
    rate: NotRequired[int]
    in_flight: NotRequired[int]
    owner: NotRequired[Holder | None]


class WebhookPatch(TypedDict):
    name: NotRequired[str | None]
    url: NotRequired[str | None]
    types: NotRequired[list[str] | None]
    countries: NotRequired[list[str] | None]
    records: NotRequired[list[str] | None]
    signatures: NotRequired[list[Literal["v1", "v1a"]] | None]
    bulk: NotRequired[Literal["notice", "each"] | None]
    rate: NotRequired[int | None]
    in_flight: NotRequired[int | None]


class WebhookTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[WebhookFields]


class WorkItem(TypedDict):
    service: str
    resource: str
    id: str
    ref: str
    country: str | None
    link: str
    verb: str
    due: str | None
    light: Literal["green", "yellow", "red"] | None


class WorkItemPage(TypedDict):
    items: list[WorkItem]
    total: int
    next: str | None


class Account(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    made_by_country: bool
    suspended_by: str | None
    email: str
    name: str
    email_verified: bool
    language: str
    notifications: dict[str, str]
    expert_id: str | None


class AccountPage(Page):
    items: list[Account]


class ApiKey(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    name: str
    hint: str
    resources: list[str]
    verbs: list[str]
    countries: list[str] | None
    expires_at: str
    owner: GrantHolder
    last_used: str | None
    secret: NotRequired[str | None]


class ApiKeyPage(Page):
    items: list[ApiKey]


class Client(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    made_by_country: bool
    suspended_by: str | None
    client_id: str
    name: str
    jwks: PublicKeys | None
    scope_kind: str
    scope_id: str | None
    resources: list[str]
    verbs: list[str]
    ip_allow: list[str]
    redirect_uris: list[str]
    post_logout_redirect_uris: list[str]
    backchannel_logout_uri: str | None
    grants: list[str]
    public: bool
    require_par: bool
    dpop_bound: bool
    first_party: bool
    contacts: list[str]
    sandbox: bool
    keys_expire_at: str | None
    living_secrets: int
    proposed_secret: bool
    last_used: str | None
    secret: NotRequired[str | None]


class ClientPage(Page):
    items: list[Client]


class Factor(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    account_id: str
    kind: str
    name: str
    locked_until: str | None
    last_used: str | None
    secret: NotRequired[str | None]
    otpauth: NotRequired[str | None]
    options: NotRequired[dict[str, Any] | None]
    codes: NotRequired[list[str] | None]


class FactorPage(Page):
    items: list[Factor]


class GrantPage(Page):
    items: list[Grant]


class IdentityProvider(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    code: str
    titles: dict[str, str]
    issuer: str
    client_id: str
    auth: str
    scopes: list[str]
    countries: list[str]
    domains: list[str]
    claims: ProviderClaims
    levels: dict[str, str]
    access_tokens: ProviderAccessTokens | None
    accounts: str


class IdentityProviderPage(Page):
    items: list[IdentityProvider]


class JobPage(Page):
    items: list[Job]


class SigningKeyPage(Page):
    items: list[SigningKey]


class Webhook(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    name: str
    url: str
    types: list[str]
    countries: list[str] | None
    records: list[str] | None
    signatures: list[str]
    bulk: str
    rate: int
    in_flight: int
    owner: GrantHolder
    keys: list[WebhookKey]
    secret: NotRequired[str | None]
    behind: Behind
    health: Health


class WebhookPage(Page):
    items: list[Webhook]


AuditLine = TypedDict("AuditLine", {"version": "int", "at": "str", "by": "Actor", "action": "str", "reason": "str | None", "from": "str | None", "to": "str | None", "changes": "list[Change]", "request_id": "str", "erased": "NotRequired[bool | None]", "position": "int", "hash": "str", "resource": "str", "subject": "str"})


Grant = TypedDict("Grant", {"status": "str", "visibility": "Literal[\"public\", \"network\", \"restricted\"]", "role": "str", "scope_kind": "str", "scope_id": "str | None", "reason": "str | None", "second_person": "str | None", "delegated_from": "str | None", "predecessor_id": "str | None", "caused_by": "str | None", "letter": "Document | None", "proof": "str | None", "place": "str | None", "principal": "GrantHolder", "from": "str", "to": "str | None"})


GrantCreate = TypedDict("GrantCreate", {"principal": "Holder", "role": "Literal[\"platform_operator\", \"secretariat_admin\", \"secretariat_officer\", \"reviewer\", \"editor_in_chief\", \"editor\", \"committee_president\", \"committee_secretary\", \"government_focal_point\", \"national_author\", \"national_publisher\", \"institution_representative\", \"centre_director\", \"expert\", \"auditor\", \"api_client\"]", "scope_kind": "Literal[\"global\", \"region\", \"country\", \"institution\", \"centre\", \"edition\", \"record\", \"self\"]", "scope_id": "NotRequired[str | None]", "from": "NotRequired[str | None]", "to": "NotRequired[str | None]", "reason": "NotRequired[str | None]", "second_person": "NotRequired[str | None]", "delegated_from": "NotRequired[str | None]", "letter": "NotRequired[Document | None]"})


HeldGrant = TypedDict("HeldGrant", {"role": "str", "scope_kind": "str", "scope_id": "str | None", "from": "str", "to": "str | None", "delegated_from": "NotRequired[str | None]", "resources": "NotRequired[list[str] | None]", "verbs": "NotRequired[list[str] | None]"})


HistoryLine = TypedDict("HistoryLine", {"version": "int", "at": "str", "by": "Actor", "action": "str", "reason": "str | None", "from": "str | None", "to": "str | None", "changes": "list[Change]", "request_id": "str", "erased": "NotRequired[bool | None]"})


ReplayBody = TypedDict("ReplayBody", {"event_id": "NotRequired[str | None]", "from": "NotRequired[str | None]", "to": "NotRequired[str | None]", "status": "NotRequired[Literal[\"failed\", \"all\"]]", "types": "NotRequired[list[str] | None]"})


SigningKey = TypedDict("SigningKey", {"status": "str", "visibility": "Literal[\"public\", \"network\", \"restricted\"]", "kid": "str", "from": "str", "until": "str"})


WebhookFields = TypedDict("WebhookFields", {"from": "NotRequired[Literal[\"here\", \"now\"] | None]", "overlap_hours": "NotRequired[int | None]"})


WebhookKey = TypedDict("WebhookKey", {"id": "str", "public": "str", "from": "str", "until": "str | None"})


class AccessService(Service):
    """The resources of access."""

    accounts: Collection[Account, AccountCreate, AccountPatch]
    api_keys: Collection[ApiKey, ApiKeyCreate, ApiKeyPatch]
    audit: Collection[AuditLine, dict[str, Any], dict[str, Any]]
    authorizations: Collection[Authorization, dict[str, Any], dict[str, Any]]
    clients: Collection[Client, ClientCreate, ClientPatch]
    event_types: Collection[EventType, dict[str, Any], dict[str, Any]]
    events: Collection[CloudEvent, dict[str, Any], dict[str, Any]]
    factors: Collection[Factor, FactorCreate, FactorPatch]
    grants: Collection[Grant, GrantCreate, dict[str, Any]]
    identities: Collection[Identity, dict[str, Any], dict[str, Any]]
    identity_providers: Collection[IdentityProvider, IdentityProviderCreate, IdentityProviderPatch]
    jobs: Collection[Job, dict[str, Any], dict[str, Any]]
    me: Collection[Me, dict[str, Any], dict[str, Any]]
    notifications: Collection[Notification, dict[str, Any], dict[str, Any]]
    sandbox: Collection[dict[str, Any], dict[str, Any], dict[str, Any]]
    sessions: Collection[Session, dict[str, Any], dict[str, Any]]
    signing_keys: Collection[SigningKey, dict[str, Any], dict[str, Any]]
    vocabularies: Collection[TermPage, dict[str, Any], dict[str, Any]]
    webhooks: Collection[Webhook, WebhookCreate, WebhookPatch]
    work_list: Collection[WorkItem, dict[str, Any], dict[str, Any]]
