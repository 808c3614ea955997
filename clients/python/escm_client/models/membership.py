"""Bodies, responses and resources of membership. Written by `clients.python.generate` from the contract."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from ..resources import Collection, Service

class Actor(TypedDict):
    kind: str
    id: str | None
    name: str | None


class AffiliatedExpert(TypedDict):
    id: str
    ref: str
    display_name: str


class AffiliationMatch(TypedDict):
    status: Literal["waiting", "open", "unknown", "linked", "none"]
    method: str | None
    score: float | None
    decided_by: str | None
    decided_at: str | None
    candidates: NotRequired[list[MatchCandidate] | None]


class AffiliationTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[MatchFields]


class AllowedAction(TypedDict):
    action: str
    to: str
    allowed: bool
    reason: str | None


class Appeal(TypedDict):
    text: str
    at: str
    outcome: str | None
    reply: str | None
    replied_at: str | None


class Assertion(TypedDict):
    by: str
    at: str


class Balance(TypedDict):
    total: int
    gender: dict[str, int]
    region: dict[str, int]
    field: dict[str, int]
    met: dict[str, dict[str, bool]]


class Body_createImport(TypedDict):
    file: str
    resource: str
    mode: NotRequired[Literal["commit", "dry_run"]]
    on_error: NotRequired[Literal["skip", "abort"]]
    mapping: NotRequired[str | None]
    source: NotRequired[str | None]
    licence: NotRequired[str | None]
    registry: NotRequired[bool]


class BothBalances(TypedDict):
    pool: Balance
    selection: Balance


class Bounce(TypedDict):
    outcome: str
    reason: str | None


class BounceBody(TypedDict):
    message_id: str
    kind: Literal["hard", "soft", "complaint"]


class BroadcastCreate(TypedDict):
    subjects: dict[str, str]
    texts: dict[str, str]
    segment: dict[str, str | list[str]]
    send_at: NotRequired[str | None]
    purpose: Literal["outreach", "service"]
    per_minute: NotRequired[int]


class BroadcastPatch(TypedDict):
    subjects: NotRequired[dict[str, str | None] | None]
    texts: NotRequired[dict[str, str | None] | None]
    segment: NotRequired[dict[str, str | list[str] | None] | None]
    send_at: NotRequired[str | None]
    purpose: NotRequired[Literal["outreach", "service"] | None]
    per_minute: NotRequired[int | None]


class BroadcastTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class BulkExpertsTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]
    items: list[SeenRecord]


class BulkIssueBody(TypedDict):
    kind: Literal["membership", "designation", "support", "participation", "review"]
    filters: NotRequired[dict[str, str | list[str]] | None]
    items: NotRequired[list[str] | None]
    year: NotRequired[int | None]
    language: NotRequired[Literal["en", "fr", "es", "ar", "zh", "ru"] | None]


class BulkSupportsTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[SupportFields]
    items: list[SeenRecord]


class CallCreate(TypedDict):
    country: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    titles: dict[str, str]
    texts: NotRequired[dict[str, str]]
    opens: str
    nominee_deadline: str
    nominator_deadline: str
    self_nomination: NotRequired[bool]
    code: str
    kind: Literal["membership", "committee", "editorial", "evaluation"]
    nominator_kinds: NotRequired[list[Literal["institution", "committee", "centre", "government", "organisation", "expert"]]]
    eligibility: NotRequired[Eligibility]
    criteria: list[Criterion]
    seats: int
    targets: NotRequired[Targets]
    panel: NotRequired[list[PanelMember]]


class CallFields(TypedDict):
    nominee_deadline: NotRequired[str | None]
    nominator_deadline: NotRequired[str | None]
    document: NotRequired[Document | None]


class CallPatch(TypedDict):
    country: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]
    titles: NotRequired[dict[str, str | None] | None]
    texts: NotRequired[dict[str, str | None] | None]
    opens: NotRequired[str | None]
    nominee_deadline: NotRequired[str | None]
    nominator_deadline: NotRequired[str | None]
    self_nomination: NotRequired[bool | None]
    code: NotRequired[str | None]
    kind: NotRequired[Literal["membership", "committee", "editorial", "evaluation"] | None]
    nominator_kinds: NotRequired[list[Literal["institution", "committee", "centre", "government", "organisation", "expert"]] | None]
    eligibility: NotRequired[EligibilityPatch | None]
    criteria: NotRequired[list[Criterion] | None]
    seats: NotRequired[int | None]
    targets: NotRequired[TargetsPatch | None]
    panel: NotRequired[list[PanelMember] | None]


class CallTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[CallFields]


class CandidateInstitution(TypedDict):
    id: str
    ref: str
    name: str
    country: str
    ror: str | None


class CertificateCreate(TypedDict):
    kind: Literal["support", "membership", "designation", "review", "participation", "authorship"]
    holder: CertificateHolder
    subject: CertificateSubject
    language: NotRequired[Literal["en", "fr", "es", "ar", "zh", "ru"] | None]
    number: NotRequired[str | None]
    valid_to: NotRequired[str | None]


class CertificateFields(TypedDict):
    category: NotRequired[Literal["error", "withdrawn", "fraud", "holder_request"] | None]
    language: NotRequired[Literal["en", "fr", "es", "ar", "zh", "ru"] | None]


class CertificateHolder(TypedDict):
    expert_id: NotRequired[str | None]
    institution_id: NotRequired[str | None]
    centre_id: NotRequired[str | None]


class CertificateMailBody(TypedDict):
    email: str


class CertificateMailed(TypedDict):
    pass


class CertificateSubject(TypedDict):
    resource: NotRequired[Literal["membership.supports", "membership.experts", "centres.centres", "membership.participations", "actions.contributions", "actions.reports"] | None]
    id: NotRequired[str | None]
    year: NotRequired[int | None]


class CertificateTemplateCreate(TypedDict):
    kind: Literal["support", "membership", "designation", "review", "participation", "authorship"]
    titles: dict[str, str]
    bodies: dict[str, str]
    signatory: NotRequired[SignatoryBody | None]


class CertificateTemplatePatch(TypedDict):
    kind: NotRequired[Literal["support", "membership", "designation", "review", "participation", "authorship"] | None]
    titles: NotRequired[dict[str, str | None] | None]
    bodies: NotRequired[dict[str, str | None] | None]
    signatory: NotRequired[SignatoryBodyPatch | None]


class CertificateTemplateTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class CertificateTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[CertificateFields]


class Change(TypedDict):
    pointer: str
    before: NotRequired[Any]
    after: NotRequired[Any]


class CheckedVerification(TypedDict):
    signature: Literal["valid", "invalid"] | None
    name_matches: bool | None
    status: Literal["valid", "suspended", "revoked", "replaced", "expired"] | None
    number: str | None
    kind: Literal["support", "membership", "designation", "review", "participation", "authorship"] | None
    titles: dict[str, str] | None
    issued_at: str | None
    valid_to: str | None
    holder_name: str | None
    replaced_by: str | None
    revoked_for: Literal["error", "withdrawn", "fraud", "holder_request"] | None


class ClaimBody(TypedDict):
    token: str


class ConfirmedSupport(TypedDict):
    ref: str
    status: str
    certificate: SupportCertificate | None


class Confirmer(TypedDict):
    id: str
    name: str


class Congress(TypedDict):
    id: str
    ref: str
    version: int
    status: str
    country: str | None
    visibility: Literal["public", "network", "restricted"]
    created_at: NotRequired[str | None]
    created_by: NotRequired[str | None]
    updated_at: NotRequired[str | None]
    updated_by: NotRequired[str | None]
    allowed_actions: NotRequired[list[AllowedAction] | None]
    links: CongressLinks
    code: str
    titles: dict[str, str]
    series: str | None
    starts: str
    ends: str | None
    mode: str
    place: str | None
    host_institution_id: str | None
    published_figures: list[PublishedFigures]


class CongressCreate(TypedDict):
    country: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    titles: dict[str, str]
    series: NotRequired[str | None]
    starts: str
    ends: NotRequired[str | None]
    place: NotRequired[str | None]
    host_institution_id: NotRequired[str | None]
    mode: Literal["online", "onsite", "hybrid"]
    links: NotRequired[list[CongressLink]]
    published_figures: NotRequired[list[PublishedFigures]]
    code: str


class CongressLink(TypedDict):
    kind: Literal["indico", "web"]
    url: str


class CongressLinks(TypedDict):
    self: str
    pages: list[CongressLink]


class CongressPatch(TypedDict):
    country: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]
    titles: NotRequired[dict[str, str | None] | None]
    series: NotRequired[str | None]
    starts: NotRequired[str | None]
    ends: NotRequired[str | None]
    place: NotRequired[str | None]
    host_institution_id: NotRequired[str | None]
    mode: NotRequired[Literal["online", "onsite", "hybrid"] | None]
    links: NotRequired[list[CongressLink] | None]
    published_figures: NotRequired[list[PublishedFigures] | None]


class CongressTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class ConsentCreate(TypedDict):
    expert_id: str
    purpose: Literal["listing", "search_engines", "contact", "outreach", "balance", "results", "orcid"]
    notice_version: str
    language: Literal["en", "fr", "es", "ar", "zh", "ru"]
    proof: NotRequired[Proof]


class ConsentPurpose(TypedDict):
    purpose: str
    notice_version: str
    texts: dict[str, str]


class ConsentTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class CountLinks(TypedDict):
    by_country: str
    supporters: str


class CredentialKey(TypedDict):
    kty: str
    kid: str
    alg: str
    use: str
    n: str
    e: str


class CredentialKeySet(TypedDict):
    keys: list[CredentialKey]


class Criterion(TypedDict):
    key: str
    titles: dict[str, str]
    weight: NotRequired[float]


class DataCategories(TypedDict):
    exported: dict[str, str | None]
    left_out: dict[str, list[str]]


class DataLicence(TypedDict):
    name: str
    address: str


class DatasetFormat(TypedDict):
    format: str
    media_type: str
    url: str
    copy_url: str | None
    bytes: int | None
    sha256: str | None


class DatasetPage(TypedDict):
    licence: DataLicence
    items: list[ListedDataset]
    next: None


class Deadlines(TypedDict):
    nominee: str
    nominator: str


class DecidedNomination(TypedDict):
    ref: str
    status: str
    call_titles: dict[str, str]


class DecisionBody(TypedDict):
    decision: Literal["confirm", "decline", "withdraw"]
    reason: NotRequired[str | None]


class DeclarationCreate(TypedDict):
    expert_id: str
    year: int
    notice_version: str
    interests: NotRequired[list[Interest]]


class DeclarationFields(TypedDict):
    outcome: NotRequired[Literal["cleared", "managed", "excluded"] | None]


class DeclarationPatch(TypedDict):
    expert_id: NotRequired[str | None]
    year: NotRequired[int | None]
    notice_version: NotRequired[str | None]
    interests: NotRequired[list[Interest] | None]


class DeclarationTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[DeclarationFields]


class DifferingField(TypedDict):
    field: str
    winner: Any
    loser: Any
    merged: Any


class Document(TypedDict):
    title: str
    date: str
    url: NotRequired[str | None]
    evidence_id: NotRequired[str | None]
    sha256: NotRequired[str | None]


class DocumentPatch(TypedDict):
    title: NotRequired[str | None]
    date: NotRequired[str | None]
    url: NotRequired[str | None]
    evidence_id: NotRequired[str | None]
    sha256: NotRequired[str | None]


class DryRun(TypedDict):
    total: int
    by_language: dict[str, int]
    excluded: dict[str, int]


class DueRecord(TypedDict):
    id: str
    ref: str
    since: str
    links: Links


class Duplicate(TypedDict):
    id: str
    ref: str
    version: int
    status: str
    country: str | None
    visibility: Literal["public", "network", "restricted"]
    created_at: NotRequired[str | None]
    created_by: NotRequired[str | None]
    updated_at: NotRequired[str | None]
    updated_by: NotRequired[str | None]
    allowed_actions: NotRequired[list[AllowedAction] | None]
    links: DuplicateLinks
    resource: Literal["experts", "institutions"]
    a: str
    b: str
    score: float
    reasons: list[str]
    found_by: Literal["entry", "job", "import"]
    dismissed_by: str | None
    dismissed_at: str | None
    dismissal: str | None


class DuplicateLinks(TypedDict):
    self: str
    a: str
    b: str


class DuplicateTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class EditedField(TypedDict):
    field: str
    before: Any
    merged: Any
    now: Any


class Eligibility(TypedDict):
    countries: NotRequired[list[str]]
    regions: NotRequired[list[str]]
    categories: NotRequired[list[Literal["supporter", "expert", "fellow", "honorary", "student"]]]
    fields: NotRequired[list[Literal["1", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11", "3", "3.1", "3.2", "3.3", "3.4", "3.5", "4", "4.1", "4.2", "4.3", "4.4", "4.5", "5", "5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7", "5.8", "5.9", "6", "6.1", "6.2", "6.3", "6.4", "6.5"]]]
    documents: NotRequired[list[str]]


class EligibilityPatch(TypedDict):
    countries: NotRequired[list[str] | None]
    regions: NotRequired[list[str] | None]
    categories: NotRequired[list[Literal["supporter", "expert", "fellow", "honorary", "student"]] | None]
    fields: NotRequired[list[Literal["1", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11", "3", "3.1", "3.2", "3.3", "3.4", "3.5", "4", "4.1", "4.2", "4.3", "4.4", "4.5", "5", "5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7", "5.8", "5.9", "6", "6.1", "6.2", "6.3", "6.4", "6.5"]] | None]
    documents: NotRequired[list[str] | None]


class EmailAddress(TypedDict):
    value: str
    visibility: NotRequired[Literal["public", "network", "restricted"]]


class ErasureBody(TypedDict):
    reason: NotRequired[str | None]
    second_person: NotRequired[str | None]


class ErasureFields(TypedDict):
    until: NotRequired[str | None]
    second_person: NotRequired[str | None]


class ErasureTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[ErasureFields]


class ExpertCreate(TypedDict):
    country: str
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    biography: NotRequired[dict[str, str]]
    available_for_support: NotRequired[bool]
    names: list[Name]
    emails: NotRequired[list[EmailAddress]]
    orcid: NotRequired[str | None]
    languages: NotRequired[list[str]]
    fields: NotRequired[list[Literal["1", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11", "3", "3.1", "3.2", "3.3", "3.4", "3.5", "4", "4.1", "4.2", "4.3", "4.4", "4.5", "5", "5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7", "5.8", "5.9", "6", "6.1", "6.2", "6.3", "6.4", "6.5"]]]
    planetary_boundaries: NotRequired[list[Literal["climate-change", "biosphere-integrity", "land-system-change", "freshwater-change", "biogeochemical-flows", "novel-entities", "ocean-acidification", "atmospheric-aerosol-loading", "stratospheric-ozone-depletion"]]]
    ecosystems: NotRequired[list[Literal["tropical-and-subtropical-dry-and-humid-forests", "temperate-and-boreal-forests-and-woodlands", "mediterranean-forests-woodlands-and-scrub", "tundra-and-high-mountain-habitats", "tropical-and-subtropical-savannas-and-grasslands", "temperate-grasslands", "deserts-and-xeric-shrublands", "wetlands-peatlands-mires-bogs", "urban-semi-urban", "cultivated-areas", "cryosphere", "aquaculture-areas", "inland-surface-waters-and-water-bodies-freshwater", "shelf-ecosystems", "open-ocean-pelagic-systems", "deep-sea", "coastal-areas-intensively-used-for-multiple-purposes-by-humans"]]]
    keywords: NotRequired[list[str]]
    gender: NotRequired[str | None]
    category: NotRequired[Literal["supporter", "expert", "fellow", "honorary", "student"]]
    invite: NotRequired[bool]


class ExpertFields(TypedDict):
    starts: NotRequired[str | None]
    ends: NotRequired[str | None]
    account_id: NotRequired[str | None]
    officer: NotRequired[str | None]
    second_person: NotRequired[str | None]


class ExpertMessageCreate(TypedDict):
    text: str
    audience: NotRequired[Literal["file", "internal"]]
    attachments: NotRequired[list[Document]]


class ExpertPatch(TypedDict):
    country: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]
    biography: NotRequired[dict[str, str | None] | None]
    available_for_support: NotRequired[bool | None]
    names: NotRequired[list[Name] | None]
    emails: NotRequired[list[EmailAddress] | None]
    orcid: NotRequired[str | None]
    languages: NotRequired[list[str] | None]
    fields: NotRequired[list[Literal["1", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11", "3", "3.1", "3.2", "3.3", "3.4", "3.5", "4", "4.1", "4.2", "4.3", "4.4", "4.5", "5", "5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7", "5.8", "5.9", "6", "6.1", "6.2", "6.3", "6.4", "6.5"]] | None]
    planetary_boundaries: NotRequired[list[Literal["climate-change", "biosphere-integrity", "land-system-change", "freshwater-change", "biogeochemical-flows", "novel-entities", "ocean-acidification", "atmospheric-aerosol-loading", "stratospheric-ozone-depletion"]] | None]
    ecosystems: NotRequired[list[Literal["tropical-and-subtropical-dry-and-humid-forests", "temperate-and-boreal-forests-and-woodlands", "mediterranean-forests-woodlands-and-scrub", "tundra-and-high-mountain-habitats", "tropical-and-subtropical-savannas-and-grasslands", "temperate-grasslands", "deserts-and-xeric-shrublands", "wetlands-peatlands-mires-bogs", "urban-semi-urban", "cultivated-areas", "cryosphere", "aquaculture-areas", "inland-surface-waters-and-water-bodies-freshwater", "shelf-ecosystems", "open-ocean-pelagic-systems", "deep-sea", "coastal-areas-intensively-used-for-multiple-purposes-by-humans"]] | None]
    keywords: NotRequired[list[str] | None]
    gender: NotRequired[str | None]
    category: NotRequired[Literal["supporter", "expert", "fellow", "honorary", "student"] | None]


class ExpertTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[ExpertFields]


class ExportCreate(TypedDict):
    resource: str
    format: NotRequired[Literal["csv", "ndjson", "xlsx"]]
    filters: NotRequired[dict[str, str | list[str]]]
    fields: NotRequired[list[str]]
    safe: NotRequired[bool | None]


class FieldProblem(TypedDict):
    code: str
    detail: str
    pointer: NotRequired[str | None]
    parameter: NotRequired[str | None]


class History(TypedDict):
    items: list[HistoryLine]
    next: str | None


class ImportTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class ImportedColumn(TypedDict):
    column: str
    field: str | None


class ImportedFile(TypedDict):
    name: str
    sha256: str
    size: int
    media: str


class InitiativeCount(TypedDict):
    supporters: int
    organisations: int
    organisations_unmatched: int
    countries: int
    as_of: str
    definition: str
    published_figures: list[SupportFigures]
    links: CountLinks


class InitiativeCreate(TypedDict):
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    titles: dict[str, str]
    texts: NotRequired[dict[str, str]]
    adopted_at: NotRequired[str | None]
    congress_id: NotRequired[str | None]
    opens: NotRequired[str | None]
    closes: NotRequired[str | None]
    certificate: NotRequired[bool]
    code: str
    signers: NotRequired[list[Literal["expert", "institution"]]]
    published_figures: NotRequired[list[SupportFigures]]


class InitiativePatch(TypedDict):
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]
    titles: NotRequired[dict[str, str | None] | None]
    texts: NotRequired[dict[str, str | None] | None]
    adopted_at: NotRequired[str | None]
    congress_id: NotRequired[str | None]
    opens: NotRequired[str | None]
    closes: NotRequired[str | None]
    certificate: NotRequired[bool | None]
    code: NotRequired[str | None]
    signers: NotRequired[list[Literal["expert", "institution"]] | None]
    published_figures: NotRequired[list[SupportFigures] | None]


class InitiativeTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class Institution(TypedDict):
    id: str
    ref: str
    version: int
    status: str
    country: str | None
    visibility: Literal["public", "network", "restricted"]
    created_at: NotRequired[str | None]
    created_by: NotRequired[str | None]
    updated_at: NotRequired[str | None]
    updated_by: NotRequired[str | None]
    allowed_actions: NotRequired[list[AllowedAction] | None]
    links: InstitutionLinks
    names: list[InstitutionName]
    display_name: str
    ror: str | None
    types: list[str]
    domains: list[str]
    locations: list[Location]
    heri: bool
    relations: NotRequired[list[Relation] | None]
    duplicates: NotRequired[list[Lookalike] | None]


class InstitutionCreate(TypedDict):
    country: str
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    heri: NotRequired[bool]
    names: list[InstitutionName]
    ror: NotRequired[str | None]
    types: NotRequired[list[Literal["archive", "company", "education", "facility", "funder", "government", "healthcare", "nonprofit", "other"]]]
    domains: NotRequired[list[str]]
    links: NotRequired[list[str]]
    locations: NotRequired[list[Location]]
    relations: NotRequired[list[Relation]]


class InstitutionFields(TypedDict):
    institution_id: NotRequired[str | None]


class InstitutionLinks(TypedDict):
    self: str
    web_pages: list[str]


class InstitutionName(TypedDict):
    value: str
    language: NotRequired[str | None]
    types: NotRequired[list[Literal["acronym", "alias", "former", "label", "ror_display"]]]


class InstitutionPatch(TypedDict):
    country: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]
    heri: NotRequired[bool | None]
    names: NotRequired[list[InstitutionName] | None]
    ror: NotRequired[str | None]
    types: NotRequired[list[Literal["archive", "company", "education", "facility", "funder", "government", "healthcare", "nonprofit", "other"]] | None]
    domains: NotRequired[list[str] | None]
    links: NotRequired[list[str] | None]
    locations: NotRequired[list[Location] | None]
    relations: NotRequired[list[Relation] | None]


class InstitutionTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[InstitutionFields]


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


class KeptRecord(TypedDict):
    resource: str
    id: str
    link: str


class Link(TypedDict):
    url: str
    expires_at: str


class LinkBody(TypedDict):
    path: str


class Links(TypedDict):
    self: str


class ListedDataset(TypedDict):
    name: str
    title: str
    description: str
    formats: list[str]
    date: str
    bytes: int | None
    sha256: str | None
    url: str
    files: list[DatasetFormat]
    dates: list[str]


class Liveness(TypedDict):
    status: str


class Location(TypedDict):
    subdivision: NotRequired[str | None]
    city: NotRequired[str | None]
    geonames: NotRequired[int | None]
    lat: NotRequired[float | None]
    lon: NotRequired[float | None]


class Lookalike(TypedDict):
    id: str
    score: float


class Match(TypedDict):
    institution: MatchedInstitution
    score: float
    method: Literal["exact", "domain", "alias", "trigram"]
    chosen: bool


class MatchCandidate(TypedDict):
    institution: CandidateInstitution
    score: float
    method: str


class MatchFields(TypedDict):
    institution_id: NotRequired[str | None]


class MatchedInstitution(TypedDict):
    id: str
    ref: str
    name: str
    country: str
    ror: str | None


class Matches(TypedDict):
    items: list[Match]


class MergeCreate(TypedDict):
    resource: Literal["experts", "institutions"]
    winner_id: str
    loser_id: str
    choices: NotRequired[dict[str, Literal["winner", "loser"]]]


class MergePreview(TypedDict):
    record: Expert | Institution
    fields: list[DifferingField]
    moves: Moves


class MergeTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[UndoFields]


class MovedCounts(TypedDict):
    affiliations: int
    united: int
    identities: int


class Moves(TypedDict):
    affiliations: int
    identities: int
    references: dict[str, int]


class Name(TypedDict):
    given: NotRequired[str | None]
    family: NotRequired[str | None]
    full: NotRequired[str | None]
    script: NotRequired[str | None]
    language: NotRequired[str | None]
    kind: NotRequired[Literal["preferred", "native", "former"]]


class NamedResult(TypedDict):
    name: str
    country: str


class NoFields(TypedDict):
    pass


class NoInterests(TypedDict):
    none: bool


class NoInterestsPatch(TypedDict):
    none: NotRequired[bool | None]


class NominationConsents(TypedDict):
    results: NotRequired[bool]
    balance: NotRequired[bool]


class NominationConsentsPatch(TypedDict):
    results: NotRequired[bool | None]
    balance: NotRequired[bool | None]


class NominationCreate(TypedDict):
    call_id: str
    nominator: Nominator
    motivation: NotRequired[str | None]
    documents: NotRequired[list[NominationDocument]]
    interests: NotRequired[NoInterests | list[Interest] | None]
    consents: NotRequired[NominationConsents]


class NominationDecision(TypedDict):
    token: str
    decision: Literal["confirm", "decline"]
    statement: NotRequired[str | None]


class NominationDocument(TypedDict):
    title: str
    date: str
    url: NotRequired[str | None]
    evidence_id: NotRequired[str | None]
    sha256: NotRequired[str | None]
    kind: NotRequired[str]


class NominationFields(TypedDict):
    nominator: NotRequired[Nominator | None]
    until: NotRequired[str | None]
    outcome: NotRequired[Literal["upheld", "dismissed"] | None]


class NominationPatch(TypedDict):
    call_id: NotRequired[str | None]
    nominator: NotRequired[NominatorPatch | None]
    motivation: NotRequired[str | None]
    documents: NotRequired[list[NominationDocument] | None]
    interests: NotRequired[NoInterestsPatch | list[Interest] | None]
    consents: NotRequired[NominationConsentsPatch | None]


class NominationTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NominationFields]


class Nominator(TypedDict):
    name: str
    kind: NotRequired[Literal["institution", "committee", "centre", "government", "organisation", "expert"] | None]
    organisation: NotRequired[str | None]
    office: NotRequired[str | None]
    email: str


class NominatorPatch(TypedDict):
    name: NotRequired[str | None]
    kind: NotRequired[Literal["institution", "committee", "centre", "government", "organisation", "expert"] | None]
    organisation: NotRequired[str | None]
    office: NotRequired[str | None]
    email: NotRequired[str | None]


class NoticeCreate(TypedDict):
    purpose: Literal["conflict_of_interest", "listing", "search_engines", "contact", "outreach", "balance", "results", "orcid"]
    notice_version: str
    texts: dict[str, str]


class NoticeTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


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


class OrcidLinkBody(TypedDict):
    code: str
    state: str


class OrcidSignIn(TypedDict):
    authorize_url: str


class Organisation(TypedDict):
    id: str | None
    name: str | None
    match: str | None


class OrganisationBody(TypedDict):
    institution_id: NotRequired[str | None]
    raw: NotRequired[str | None]


class OrganisationBodyPatch(TypedDict):
    institution_id: NotRequired[str | None]
    raw: NotRequired[str | None]


class Outcomes(TypedDict):
    total: int
    queued: int
    sending: int
    sent: int
    refused: int
    bounced: int
    unknown: int
    excluded: int
    excluded_for: dict[str, int]


class Page(TypedDict):
    next: str | None
    total_estimate: NotRequired[int | None]
    permitted: NotRequired[list[str] | None]


class PanelMember(TypedDict):
    expert_id: str
    office: NotRequired[Literal["chair", "member"]]


class ParticipationCreate(TypedDict):
    role: NotRequired[Literal["participant", "speaker", "chair", "organiser", "student"]]
    mode: NotRequired[Literal["onsite", "online"] | None]
    congress_id: str
    expert_id: str


class ParticipationPatch(TypedDict):
    role: NotRequired[Literal["participant", "speaker", "chair", "organiser", "student"] | None]
    mode: NotRequired[Literal["onsite", "online"] | None]


class ParticipationTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


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


class Problem(TypedDict):
    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    request_id: str
    errors: NotRequired[list[FieldProblem] | None]


class ProcessingActivity(TypedDict):
    table: str
    service: str
    resource: str | None
    persons: str
    purpose: str
    data: DataCategories
    recipients: Recipients
    time_limits: TimeLimits


class ProcessingRecord(TypedDict):
    activities: list[ProcessingActivity]
    purposes: list[ConsentPurpose]
    retention_rules: list[RuleInForce]
    transfers: list[str]
    security_measures: list[str]


class Progress(TypedDict):
    done: int
    total: int | None


class Proof(TypedDict):
    channel: NotRequired[Literal["online", "paper", "mail", "telephone", "meeting"]]
    document: NotRequired[Document | None]


class Proposer(TypedDict):
    kind: str
    id: str


class PublishedFigures(TypedDict):
    participants: NotRequired[int | None]
    organisations: NotRequired[int | None]
    countries: NotRequired[int | None]
    as_of: str
    source: str


class RankedNomination(TypedDict):
    rank: int | None
    id: str
    ref: str
    expert_id: str
    name: str
    country: str
    status: str
    mean: float | None
    scores: int


class Ranking(TypedDict):
    items: list[RankedNomination]
    next: str | None
    seats: int
    targets: Targets
    balance: BothBalances


class ReadinessState(TypedDict):
    status: str
    checks: dict[str, str]


class Recipient(TypedDict):
    id: str
    expert_id: str
    language: str
    outcome: str
    reason: str | None
    tried_at: str | None
    bounced_at: str | None


class Recipients(TypedDict):
    roles: list[str]
    clients: list[str]
    others: str


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


class Relation(TypedDict):
    type: Literal["parent", "child", "predecessor", "successor", "related"]
    institution_id: NotRequired[str | None]
    ror: NotRequired[str | None]
    label: NotRequired[str | None]


class Results(TypedDict):
    selected: int
    items: list[NamedResult]
    unlisted: int
    published_at: str


class RetentionPreview(TypedDict):
    count: int
    before: str
    items: list[DueRecord]
    next: str | None


class RetentionRuleCreate(TypedDict):
    resource: Literal["experts", "declarations", "supports", "consents", "nominations", "participations"]
    state: NotRequired[Literal["prospect", "invited", "rejected", "lapsed", "resigned", "terminated", "deceased", "draft", "signed", "cleared", "managed", "excluded", "superseded", "pending", "withdrawn", "declined", "selected", "not_selected", "registered", "attended", "absent"] | None]
    after: str
    action: Literal["erase", "delete"]
    basis: str


class RetentionRuleFields(TypedDict):
    second_person: NotRequired[str | None]


class RetentionRulePatch(TypedDict):
    resource: NotRequired[Literal["experts", "declarations", "supports", "consents", "nominations", "participations"] | None]
    state: NotRequired[Literal["prospect", "invited", "rejected", "lapsed", "resigned", "terminated", "deceased", "draft", "signed", "cleared", "managed", "excluded", "superseded", "pending", "withdrawn", "declined", "selected", "not_selected", "registered", "attended", "absent"] | None]
    after: NotRequired[str | None]
    action: NotRequired[Literal["erase", "delete"] | None]
    basis: NotRequired[str | None]


class RetentionRuleTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[RetentionRuleFields]


class RuleInForce(TypedDict):
    id: str
    ref: str
    resource: str
    state: str | None
    after: str
    action: str
    basis: str


class ScoreCreate(TypedDict):
    comment: NotRequired[str | None]
    scores: dict[str, int]
    recommendation: NotRequired[Literal["select", "pass_over"] | None]


class ScorePatch(TypedDict):
    comment: NotRequired[str | None]
    scores: NotRequired[dict[str, int | None] | None]
    recommendation: NotRequired[Literal["select", "pass_over"] | None]


class ScreeningClock(TypedDict):
    holder: str
    since: str
    target: str | None
    paused_since: str | None


class SearchBody(TypedDict):
    resource: Literal["experts", "institutions"]
    whole: NotRequired[bool]


class SeenRecord(TypedDict):
    id: str
    version: int


class Signatory(TypedDict):
    name: str | None
    offices: dict[str, str]


class SignatoryBody(TypedDict):
    name: NotRequired[str | None]
    offices: dict[str, str]


class SignatoryBodyPatch(TypedDict):
    name: NotRequired[str | None]
    offices: NotRequired[dict[str, str | None] | None]


class SignatureBody(TypedDict):
    name: str
    email: str
    country: str
    organisation: NotRequired[OrganisationBody | None]
    role: NotRequired[str | None]
    capacity: Literal["personal", "organisation"]
    language: NotRequired[Literal["en", "fr", "es", "ar", "zh", "ru"] | None]
    consent_to_list: NotRequired[bool]
    consent_to_contact: NotRequired[bool]


class Signed(TypedDict):
    pass


class Signer(TypedDict):
    name: str
    email: str
    country: str
    organisation: OrganisationBody | None
    role: str | None
    language: str


class Statistic(TypedDict):
    country: NotRequired[str | None]
    region: NotRequired[str | None]
    status: NotRequired[str | None]
    category: NotRequired[str | None]
    capacity: NotRequired[str | None]
    field: NotRequired[str | None]
    planetary_boundary: NotRequired[str | None]
    gender: NotRequired[str | None]
    count: int | None
    links: NotRequired[StatisticLinks | None]


class StatisticLinks(TypedDict):
    records: str | None


class StatisticPoint(TypedDict):
    as_of: str
    items: list[Statistic]
    total: int


class Statistics(TypedDict):
    items: list[Statistic]
    as_of: str
    definition: str
    total: int | None
    countries: int | None
    series: NotRequired[list[StatisticPoint] | None]


class StoredEmail(TypedDict):
    value: str
    visibility: Literal["public", "network", "restricted"]
    verified: NotRequired[bool | None]
    bounced_at: NotRequired[str | None]


class SupportCertificate(TypedDict):
    code: str
    status: str
    pdf_url: str | None


class SupportCreate(TypedDict):
    initiative_id: str
    expert_id: NotRequired[str | None]
    institution_id: NotRequired[str | None]
    capacity: NotRequired[Literal["personal", "organisation"]]
    organisation: NotRequired[OrganisationBody | None]
    signed_at: NotRequired[str]
    consent_to_list: NotRequired[bool]
    evidence: NotRequired[Document | None]


class SupportFields(TypedDict):
    category: NotRequired[Literal["duplicate", "organisation_unproven", "not_verified", "other"] | None]


class SupportFigures(TypedDict):
    supporters: NotRequired[int | None]
    organisations: NotRequired[int | None]
    countries: NotRequired[int | None]
    as_of: str
    source: str


class SupportPatch(TypedDict):
    initiative_id: NotRequired[str | None]
    expert_id: NotRequired[str | None]
    institution_id: NotRequired[str | None]
    capacity: NotRequired[Literal["personal", "organisation"] | None]
    organisation: NotRequired[OrganisationBodyPatch | None]
    signed_at: NotRequired[str | None]
    consent_to_list: NotRequired[bool | None]
    evidence: NotRequired[DocumentPatch | None]


class SupportTokenBody(TypedDict):
    token: str


class SupportTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[SupportFields]


class Supporter(TypedDict):
    name: str
    country: str
    capacity: str
    organisation: Organisation | None
    signed_at: str


class Targets(TypedDict):
    gender: NotRequired[dict[str, float]]
    region: NotRequired[dict[str, float]]
    field: NotRequired[dict[str, float]]


class TargetsPatch(TypedDict):
    gender: NotRequired[dict[str, float | None] | None]
    region: NotRequired[dict[str, float | None] | None]
    field: NotRequired[dict[str, float | None] | None]


class Term(TypedDict):
    starts: str
    ends: str


class TimeLimits(TypedDict):
    usual: str
    rules: list[str]
    after_erasure: list[str]


class ToReview(TypedDict):
    link: str
    field: str


class TokenOfMail(TypedDict):
    token: str


class Transitions(TypedDict):
    status: str
    allowed_actions: list[OfferedAction]
    states: list[str]
    permitted: NotRequired[list[str]]


class UndoFields(TypedDict):
    resolve: NotRequired[dict[str, Literal["keep", "restore"]]]


class Unsubscribed(TypedDict):
    pass


class Verification(TypedDict):
    status: Literal["valid", "suspended", "revoked", "replaced", "expired"]
    number: str
    kind: Literal["support", "membership", "designation", "review", "participation", "authorship"]
    titles: dict[str, str]
    issued_at: str
    valid_to: str | None
    holder_name: str | None
    replaced_by: str | None
    revoked_for: Literal["error", "withdrawn", "fraud", "holder_request"] | None


class VerificationBody(TypedDict):
    code: NotRequired[str | None]
    credential: NotRequired[str | None]
    name: NotRequired[str | None]


class VerificationMethod(TypedDict):
    id: str
    type: str
    controller: str
    publicKeyJwk: CredentialKey


class VouchedNomination(TypedDict):
    ref: str
    status: str
    call_titles: dict[str, str]
    nominee: str
    nominator: str
    motivation: str | None
    documents: list[str]
    deadline: str


class AffiliationPage(Page):
    items: list[Affiliation]


class Broadcast(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    subjects: dict[str, str]
    texts: dict[str, str]
    segment: dict[str, str]
    purpose: str
    send_at: str | None
    per_minute: int
    frozen_at: str | None
    outcomes: NotRequired[Outcomes | None]


class BroadcastPage(Page):
    items: list[Broadcast]


class Call(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    code: str
    kind: str
    titles: dict[str, str]
    texts: dict[str, str]
    opens: str
    nominee_deadline: str
    nominator_deadline: str
    first_deadlines: Deadlines | None
    self_nomination: bool
    nominator_kinds: list[str]
    eligibility: Eligibility
    criteria: list[Criterion]
    seats: int
    targets: Targets
    panel: NotRequired[list[PanelMember] | None]
    decision: NotRequired[Document | None]
    published_at: str | None


class CallPage(Page):
    items: list[Call]


class Certificate(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    kind: str
    holder_name: str
    name_differs: bool
    language: str
    code: str
    valid_to: str | None
    template_version: str | None
    status_index: int
    suspended_by: str | None
    revoked_for: str | None
    replaced_by: str | None
    holder: CertificateHolder
    subject: CertificateSubject
    number: str


class CertificatePage(Page):
    items: list[Certificate]


class CertificateTemplate(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    kind: str
    titles: dict[str, str]
    bodies: dict[str, str]
    signatory: Signatory | None


class CertificateTemplatePage(Page):
    items: list[CertificateTemplate]


class CongressPage(Page):
    items: list[Congress]


class Consent(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    expert_id: str
    purpose: str
    notice_version: str
    language: str
    proof: Proof


class ConsentPage(Page):
    items: list[Consent]


class Declaration(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    expert_id: str
    year: int
    notice_version: str
    interests: list[Interest]
    signed_on: str | None


class DeclarationPage(Page):
    items: list[Declaration]


class DuplicatePage(Page):
    items: list[Duplicate]


class Erasure(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    expert_id: str
    second_person: NotRequired[str | None]
    due_at: str | None
    held_until: str | None
    done_at: str | None
    reports: dict[str, dict[str, int]]
    review: NotRequired[list[ToReview] | None]


class ErasurePage(Page):
    items: list[Erasure]


class Expert(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    names: list[Name]
    display_name: str
    emails: list[StoredEmail]
    orcid: str | None
    orcid_authenticated: bool
    languages: list[str]
    keywords: list[str]
    fields: list[str]
    planetary_boundaries: list[str]
    ecosystems: list[str]
    category: str
    biography: dict[str, str]
    gender: NotRequired[str | None]
    available_for_support: NotRequired[bool | None]
    account_id: NotRequired[str | None]
    profile_confirmed_on: NotRequired[str | None]
    assignee: NotRequired[str | None]
    restricted_at: NotRequired[str | None]
    restricted_for: NotRequired[str | None]
    term: Term | None
    next_term: Term | None
    clock: NotRequired[ScreeningClock | None]
    asserted: NotRequired[dict[str, Assertion] | None]
    affiliations: NotRequired[list[Affiliation] | None]
    duplicates: NotRequired[list[Lookalike] | None]


class ExpertMessage(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    text: str
    audience: str
    attachments: list[Document]
    expert_id: str


class ExpertMessagePage(Page):
    items: list[ExpertMessage]


class ExpertPage(Page):
    items: list[Expert]


class Import(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    resource: str
    mode: str
    on_error: str
    registry: bool
    source: str | None
    licence: str | None
    file: ImportedFile
    columns: list[ImportedColumn]
    ignored_columns: list[str]
    rows: int | None
    counts: dict[str, int] | None
    aborted: NotRequired[bool | None]
    taken_back: dict[str, int] | None
    job: str
    failures_url: str


class ImportPage(Page):
    items: list[Import]


class Initiative(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    code: str
    titles: dict[str, str]
    texts: dict[str, str]
    adopted_at: str | None
    congress_id: str | None
    opens: str | None
    closes: str | None
    signers: list[str]
    certificate: bool
    published_figures: list[SupportFigures]


class InitiativePage(Page):
    items: list[Initiative]


class InstitutionPage(Page):
    items: list[Institution]


class JobPage(Page):
    items: list[Job]


class KeptRecordPage(Page):
    items: list[KeptRecord]


class ListedAffiliationPage(Page):
    items: list[ListedAffiliation]


class Merge(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    resource: str
    winner_id: str
    loser_id: str
    choices: dict[str, str]
    moved: MovedCounts
    conflicts: NotRequired[list[EditedField] | None]


class MergePage(Page):
    items: list[Merge]


class Nomination(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    call_id: str
    expert_id: str
    nominator: Nominator
    motivation: str | None
    documents: list[NominationDocument]
    interests: NoInterests | list[Interest] | None
    consents: NominationConsents
    statement: str | None
    extended_until: str | None
    appeal: Appeal | None
    conflict: NotRequired[str | None]


class NominationPage(Page):
    items: list[Nomination]


class Notice(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    purpose: str
    notice_version: str
    texts: dict[str, str]


class NoticePage(Page):
    items: list[Notice]


class Participation(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    congress_id: str
    expert_id: str
    role: str
    mode: str | None
    superseded_by: str | None


class ParticipationPage(Page):
    items: list[Participation]


class RecipientPage(Page):
    items: list[Recipient]


class RetentionRule(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    resource: str
    state: str | None
    after: str
    action: str
    basis: str


class RetentionRulePage(Page):
    items: list[RetentionRule]


class Score(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    nomination_id: str
    call_id: str
    expert_id: str
    scores: dict[str, int]
    comment: str | None
    recommendation: str | None


class ScorePage(Page):
    items: list[Score]


class Support(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    initiative_id: str
    expert_id: str | None
    institution_id: str | None
    capacity: str
    listed_name: str | None
    signed_at: str
    consent_to_list: NotRequired[bool | None]
    consent_to_contact: NotRequired[bool | None]
    language: NotRequired[str | None]
    evidence: NotRequired[Document | None]
    text_digest: NotRequired[str | None]
    email_verified: NotRequired[bool | None]
    hold: NotRequired[str | None]
    rejected_for: NotRequired[str | None]
    signer: NotRequired[Signer | None]
    certificate_id: str | None
    accepted_at: str | None
    ended_at: str | None
    organisation: Organisation | None


class SupportPage(Page):
    items: list[Support]


class SupporterPage(Page):
    items: list[Supporter]
    unlisted: int


Affiliation = TypedDict("Affiliation", {"id": "str", "version": "int", "institution_id": "str | None", "raw": "str | None", "role": "str | None", "unit": "str | None", "from": "str | None", "to": "str | None", "primary": "bool", "asserted_by": "str", "match": "AffiliationMatch | None", "created_at": "NotRequired[str | None]", "updated_at": "NotRequired[str | None]", "links": "NotRequired[Links | None]"})


AffiliationCreate = TypedDict("AffiliationCreate", {"institution_id": "NotRequired[str | None]", "raw": "NotRequired[str | None]", "role": "NotRequired[str | None]", "unit": "NotRequired[str | None]", "from": "NotRequired[str | None]", "to": "NotRequired[str | None]", "primary": "NotRequired[bool]"})


AffiliationPatch = TypedDict("AffiliationPatch", {"institution_id": "NotRequired[str | None]", "raw": "NotRequired[str | None]", "role": "NotRequired[str | None]", "unit": "NotRequired[str | None]", "from": "NotRequired[str | None]", "to": "NotRequired[str | None]", "primary": "NotRequired[bool | None]"})


DidDocument = TypedDict("DidDocument", {"@context": "list[str]", "id": "str", "verificationMethod": "list[VerificationMethod]", "assertionMethod": "list[str]"})


HistoryLine = TypedDict("HistoryLine", {"version": "int", "at": "str", "by": "Actor", "action": "str", "reason": "str | None", "from": "str | None", "to": "str | None", "changes": "list[Change]", "request_id": "str", "erased": "NotRequired[bool | None]"})


Interest = TypedDict("Interest", {"kind": "Literal[\"employment\", \"funding\", \"office\", \"family\", \"other\"]", "party": "str", "from": "NotRequired[str | None]", "to": "NotRequired[str | None]", "text": "NotRequired[str | None]"})


ListedAffiliation = TypedDict("ListedAffiliation", {"id": "str", "version": "int", "institution_id": "str | None", "raw": "str | None", "role": "str | None", "unit": "str | None", "from": "str | None", "to": "str | None", "primary": "bool", "asserted_by": "str", "match": "AffiliationMatch | None", "created_at": "NotRequired[str | None]", "updated_at": "NotRequired[str | None]", "links": "NotRequired[Links | None]", "country": "str", "expert": "AffiliatedExpert"})


class MembershipService(Service):
    """The resources of membership."""

    affiliations: Collection[ListedAffiliation, dict[str, Any], dict[str, Any]]
    broadcasts: Collection[Broadcast, BroadcastCreate, BroadcastPatch]
    calls: Collection[Call, CallCreate, CallPatch]
    certificate_templates: Collection[CertificateTemplate, CertificateTemplateCreate, CertificateTemplatePatch]
    certificates: Collection[Certificate, CertificateCreate, dict[str, Any]]
    congresses: Collection[Congress, CongressCreate, CongressPatch]
    consents: Collection[Consent, ConsentCreate, dict[str, Any]]
    declarations: Collection[Declaration, DeclarationCreate, DeclarationPatch]
    duplicates: Collection[Duplicate, dict[str, Any], dict[str, Any]]
    erasures: Collection[Erasure, dict[str, Any], dict[str, Any]]
    experts: Collection[Expert, ExpertCreate, ExpertPatch]
    exports: Collection[dict[str, Any], ExportCreate, dict[str, Any]]
    imports: Collection[Import, Body_createImport, dict[str, Any]]
    initiatives: Collection[Initiative, InitiativeCreate, InitiativePatch]
    institutions: Collection[Institution, InstitutionCreate, InstitutionPatch]
    jobs: Collection[Job, dict[str, Any], dict[str, Any]]
    links: Collection[dict[str, Any], LinkBody, dict[str, Any]]
    merges: Collection[Merge, MergeCreate, dict[str, Any]]
    nominations: Collection[Nomination, NominationCreate, NominationPatch]
    notices: Collection[Notice, NoticeCreate, dict[str, Any]]
    open_data: Collection[ListedDataset, dict[str, Any], dict[str, Any]]
    outreach: Collection[dict[str, Any], dict[str, Any], dict[str, Any]]
    participations: Collection[Participation, ParticipationCreate, ParticipationPatch]
    processing_record: Collection[ProcessingRecord, dict[str, Any], dict[str, Any]]
    retention_rules: Collection[RetentionRule, RetentionRuleCreate, RetentionRulePatch]
    statistics: Collection[Statistic, dict[str, Any], dict[str, Any]]
    supports: Collection[Support, SupportCreate, SupportPatch]
