"""Bodies, responses and resources of actions. Written by `clients.python.generate` from the contract."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from ..resources import Collection, Service

class About(TypedDict):
    kind: Literal["meeting", "correspondence", "report_review", "milestone", "other", "reported_error"]
    id: NotRequired[str | None]
    decision: NotRequired[str | None]


class ActionCreate(TypedDict):
    titles: dict[str, str]
    descriptions: NotRequired[dict[str, str]]
    planned_start: NotRequired[str | None]
    planned_end: NotRequired[str | None]
    pillar: Literal["core", "action-1", "action-2", "action-3"]
    kind: NotRequired[Literal["action", "research_project"]]
    participants: NotRequired[list[Participant]]
    locations: NotRequired[list[ActionLocation]]
    tags: NotRequired[list[Tag]]
    budget: NotRequired[Budget | None]
    baseline: NotRequired[Baseline | None]
    programme_id: str


class ActionLocation(TypedDict):
    name: NotRequired[str | None]
    subdivision: NotRequired[str | None]
    lat: NotRequired[float | None]
    lon: NotRequired[float | None]


class ActionPatch(TypedDict):
    titles: NotRequired[dict[str, str | None] | None]
    descriptions: NotRequired[dict[str, str | None] | None]
    planned_start: NotRequired[str | None]
    planned_end: NotRequired[str | None]
    pillar: NotRequired[Literal["core", "action-1", "action-2", "action-3"] | None]
    kind: NotRequired[Literal["action", "research_project"] | None]
    participants: NotRequired[list[Participant] | None]
    locations: NotRequired[list[ActionLocation] | None]
    tags: NotRequired[list[Tag] | None]
    budget: NotRequired[BudgetPatch | None]
    baseline: NotRequired[BaselinePatch | None]


class ActionStatistic(TypedDict):
    country: NotRequired[str | None]
    region: NotRequired[str | None]
    status: NotRequired[str | None]
    framework: NotRequired[str | None]
    pillar: NotRequired[str | None]
    kind: NotRequired[str | None]
    completion: NotRequired[str | None]
    period: NotRequired[str | None]
    light: NotRequired[str | None]
    stage: NotRequired[str | None]
    code: NotRequired[str | None]
    count: int
    links: NotRequired[StatisticLinks | None]


class ActionStatisticPoint(TypedDict):
    as_of: str
    items: list[ActionStatistic]
    total: int


class ActionStatistics(TypedDict):
    items: list[ActionStatistic]
    as_of: str
    definition: str
    total: int
    countries: int
    series: NotRequired[list[ActionStatisticPoint] | None]


class ActionTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class Actor(TypedDict):
    kind: str
    id: str | None
    name: str | None


class AllowedAction(TypedDict):
    action: str
    to: str
    allowed: bool
    reason: str | None


class AssessmentCreate(TypedDict):
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    period_id: str
    text: dict[str, str]
    date: str
    independent: NotRequired[bool]
    conflict_of_interest: NotRequired[bool]
    completion: Literal["no_evidence", "not_started", "limited", "substantial", "complete"]
    assessor: Assessor
    evidence: NotRequired[list[Document]]
    subject: Subject


class AssessmentFields(TypedDict):
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]
    text: NotRequired[dict[str, str] | None]


class AssessmentPatch(TypedDict):
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]
    period_id: NotRequired[str | None]
    text: NotRequired[dict[str, str | None] | None]
    date: NotRequired[str | None]
    independent: NotRequired[bool | None]
    conflict_of_interest: NotRequired[bool | None]
    completion: NotRequired[Literal["no_evidence", "not_started", "limited", "substantial", "complete"] | None]
    assessor: NotRequired[AssessorPatch | None]
    evidence: NotRequired[list[Document] | None]


class AssessmentTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[AssessmentFields]


class Assessor(TypedDict):
    expert_id: NotRequired[str | None]
    name: NotRequired[str | None]
    organisation: NotRequired[str | None]


class AssessorPatch(TypedDict):
    expert_id: NotRequired[str | None]
    name: NotRequired[str | None]
    organisation: NotRequired[str | None]


class Attendee(TypedDict):
    name: str
    role: NotRequired[str | None]


class AuthorBody(TypedDict):
    expert_id: NotRequired[str | None]
    name: NotRequired[str | None]
    email: NotRequired[str | None]
    orcid: NotRequired[str | None]
    affiliation: NotRequired[str | None]
    roles: list[Literal["conceptualization", "data-curation", "formal-analysis", "funding-acquisition", "investigation", "methodology", "project-administration", "resources", "software", "supervision", "validation", "visualization", "writing-original-draft", "writing-review-editing"]]
    corresponding: NotRequired[bool]


class Authorship(TypedDict):
    name: str
    edition_titles: dict[str, str]
    titles: dict[str, str]
    roles: list[Literal["conceptualization", "data-curation", "formal-analysis", "funding-acquisition", "investigation", "methodology", "project-administration", "resources", "software", "supervision", "validation", "visualization", "writing-original-draft", "writing-review-editing"]]
    confirmed_at: str | None


class Baseline(TypedDict):
    measure: NotRequired[str | None]
    value: int | float
    unit: str
    date: str
    source: NotRequired[Document | None]


class BaselinePatch(TypedDict):
    measure: NotRequired[str | None]
    value: NotRequired[int | float | None]
    unit: NotRequired[str | None]
    date: NotRequired[str | None]
    source: NotRequired[DocumentPatch | None]


class Body_createActionsImport(TypedDict):
    file: str
    resource: str
    mode: NotRequired[Literal["commit", "dry_run"]]
    on_error: NotRequired[Literal["skip", "abort"]]
    mapping: NotRequired[str | None]
    source: NotRequired[str | None]
    licence: NotRequired[str | None]
    registry: NotRequired[bool]


class Budget(TypedDict):
    amount: int | float
    currency: str


class BudgetPatch(TypedDict):
    amount: NotRequired[int | float | None]
    currency: NotRequired[str | None]


class BudgetSum(TypedDict):
    pillar: NotRequired[str | None]
    country: NotRequired[str | None]
    status: NotRequired[str | None]
    kind: NotRequired[str | None]
    currency: str
    amount: str
    count: int


class BudgetSums(TypedDict):
    items: list[BudgetSum]
    as_of: str
    definition: str


class BulkResultsTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[ResultFields]
    items: list[SeenRecord]


class CalendarCreate(TypedDict):
    country: NotRequired[str | None]
    programme_id: NotRequired[str | None]
    kinds: NotRequired[list[Literal["milestones", "meetings", "annual_reports", "reports", "periods", "tasks", "editions", "review_rounds", "contributions"]]]
    language: NotRequired[Literal["en", "fr", "es", "ar", "zh", "ru"]]


class Change(TypedDict):
    pointer: str
    before: NotRequired[Any]
    after: NotRequired[Any]


class Choice(TypedDict):
    code: str
    titles: dict[str, str]


class CodeCoverage(TypedDict):
    code: str
    parent: str | None
    kind: str | None
    titles: dict[str, str]
    uri: str | None
    order: int
    indicators: int
    results: int
    actions: int
    milestones: int
    reports: int
    evidence: int
    latest: list[LatestValue]
    via: list[RelatedCode]


class CodeState(TypedDict):
    code: str
    status: Literal["within", "transgressed", "unknown"]
    zone: NotRequired[str | None]


class CommentCounts(TypedDict):
    open: int
    answered: int
    resolved: int


class CommentFields(TypedDict):
    decision: NotRequired[Literal["accepted", "partly", "rejected", "noted"] | None]
    version: NotRequired[int | None]


class CommentTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[CommentFields]


class ComparedSubject(TypedDict):
    kind: str
    id: str
    pillar: str | None


class Comparison(TypedDict):
    items: list[ComparisonItem]
    as_of: str


class ComparisonItem(TypedDict):
    subject: ComparedSubject
    period_id: str
    self: SelfSide | None
    independent: IndependentSide | None
    actions: PillarSide | None
    difference: int | None
    gap: str | None


class Confirmer(TypedDict):
    id: str
    name: str


class ContributionAuthor(TypedDict):
    expert_id: str | None
    name: str | None
    orcid: str | None
    affiliation: str | None
    roles: list[Literal["conceptualization", "data-curation", "formal-analysis", "funding-acquisition", "investigation", "methodology", "project-administration", "resources", "software", "supervision", "validation", "visualization", "writing-original-draft", "writing-review-editing"]]
    corresponding: bool
    confirmed_at: str | None


class ContributionConsent(TypedDict):
    version: int
    at: str


class ContributionCreate(TypedDict):
    titles: dict[str, str]
    abstract: NotRequired[dict[str, str]]
    keywords: NotRequired[list[str]]
    funding: NotRequired[str | None]
    conflicts: NotRequired[str | None]
    due: NotRequired[str | None]
    outline_key: str
    language: NotRequired[str]
    authors: NotRequired[list[AuthorBody]]
    country: NotRequired[str | None]
    edition_id: str


class ContributionErratum(TypedDict):
    id: str
    edition_id: str
    contribution_id: str
    issue: int
    version: int
    replaces: int
    severity: str
    texts: dict[str, str]
    published_at: str
    build: NotRequired[int | None]


class ContributionErratumCreate(TypedDict):
    version: int
    severity: Literal["minor", "major"]
    texts: dict[str, str]


class ContributionErratumPage(TypedDict):
    items: list[ContributionErratum]
    next: str | None


class ContributionFields(TypedDict):
    due: NotRequired[str | None]
    editor_id: NotRequired[str | None]


class ContributionPatch(TypedDict):
    titles: NotRequired[dict[str, str | None] | None]
    abstract: NotRequired[dict[str, str | None] | None]
    keywords: NotRequired[list[str] | None]
    funding: NotRequired[str | None]
    conflicts: NotRequired[str | None]
    due: NotRequired[str | None]
    outline_key: NotRequired[str | None]
    language: NotRequired[str | None]
    authors: NotRequired[list[AuthorBody] | None]


class ContributionReviewerCreate(TypedDict):
    expert_id: str
    round: int | str


class ContributionReviewerFields(TypedDict):
    conflict_of_interest: NotRequired[bool | None]
    conflict: NotRequired[str | None]


class ContributionReviewerTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[ContributionReviewerFields]


class ContributionTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[ContributionFields]


class ContributionVersion(TypedDict):
    number: int
    language: str
    of: int | None
    sha256: str
    words: int
    warnings: list[VersionWarning]
    note: str | None
    created_at: str
    created_by: str | None
    blocks: list[VersionBlock]
    references: list[dict[str, Any]]
    images: list[VersionImage]


class ContributionVersionPage(TypedDict):
    items: list[VersionSummary]
    next: str | None


class Contributor(TypedDict):
    person: ContributorPerson
    credit: list[Literal["conceptualization", "data-curation", "formal-analysis", "funding-acquisition", "investigation", "methodology", "project-administration", "resources", "software", "supervision", "validation", "visualization", "writing-original-draft", "writing-review-editing"]]
    order: NotRequired[int]


class ContributorPerson(TypedDict):
    expert_id: NotRequired[str | None]
    name: NotRequired[str | None]


class Core(TypedDict):
    titles: dict[str, str]


class CorePatch(TypedDict):
    titles: NotRequired[dict[str, str | None] | None]


class CorrespondenceCreate(TypedDict):
    date: NotRequired[str]
    subject: str
    reply_due: NotRequired[str | None]
    reply_to: NotRequired[str | None]
    document: NotRequired[Document | None]
    parties: NotRequired[list[Party | str]]
    about: NotRequired[list[str]]
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    country: str
    direction: Literal["in", "out"]


class CorrespondencePatch(TypedDict):
    date: NotRequired[str | None]
    subject: NotRequired[str | None]
    reply_due: NotRequired[str | None]
    reply_to: NotRequired[str | None]
    document: NotRequired[DocumentPatch | None]
    parties: NotRequired[list[Party | str] | None]
    about: NotRequired[list[str] | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]


class CorrespondenceTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[LetterFields]


class CountryAnswer(TypedDict):
    code: str
    names: dict[str, str]
    region: str | None
    groups: list[Literal["ldc", "lldc", "sids"]]
    stage: int
    facts: list[StageFact]
    counts: CountryCounts
    as_of: str
    programme: CountryProgramme | None
    reports: list[CountryReport] | None


class CountryCounts(TypedDict):
    experts: int
    institutions: int
    centres: int


class CountryProfileAnswer(TypedDict):
    code: str
    names: dict[str, str]
    region: str | None
    stage: int
    programme: ProfileProgramme | None
    actions: list[ProfileAction]
    milestones: list[ProfileMilestone]
    indicators: list[ProfileIndicator]
    comparison: list[ProfileComparison]
    reports: list[CountryReport]
    changed_at: str | None
    links: dict[str, str]


class CountryProgramme(TypedDict):
    id: str
    ref: str
    status: str
    core: ProgrammeCore
    actions: list[ProgrammePillar]


class CountryReport(TypedDict):
    programme: str
    period: str
    due_on: str
    light: str | None
    on_time: bool | None
    report: str | None
    ref: str | None


class Coverage(TypedDict):
    items: list[CodeCoverage]
    orphans: list[OrphanedCode]
    next: str | None


class CurrentVersion(TypedDict):
    number: int
    language: str
    words: int
    created_at: str


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


class DayOfProgress(TypedDict):
    day: str
    counts: dict[str, int]


class Decision(TypedDict):
    key: NotRequired[str | None]
    text: str


class DecisionBody(TypedDict):
    decision: Literal["confirm", "decline", "withdraw"]
    reason: NotRequired[str | None]


class DelegationCreate(TypedDict):
    account_id: str
    due_on: NotRequired[str | None]
    sections: list[str]


class DelegationTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class Dimension(TypedDict):
    key: str
    titles: dict[str, str]
    codes: NotRequired[list[DimensionCode]]
    scheme: NotRequired[str | None]
    required: NotRequired[bool]
    exhaustive: NotRequired[bool]


class DimensionCode(TypedDict):
    code: str
    titles: dict[str, str]


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


class DownloadUrl(TypedDict):
    url: str
    expires_at: str
    size: int
    sha256: str


class EditionBuild(TypedDict):
    number: int
    kind: str
    status: str
    languages: list[str]
    issue: int
    retracted: bool
    stale: bool | None
    warnings: list[EditionBuildWarning]
    problem: str | None
    release: str | None
    created_at: str
    finished_at: str | None
    files: list[EditionBuildFile]


class EditionBuildCreate(TypedDict):
    kind: Literal["proof", "final"]
    languages: NotRequired[list[str]]
    issue: NotRequired[int | None]


class EditionBuildFile(TypedDict):
    name: str
    language: str | None
    contribution: int | None
    media_type: str
    sha256: str
    size: int
    link: str


class EditionBuildPage(TypedDict):
    items: list[EditionBuild]
    next: str | None


class EditionBuildWarning(TypedDict):
    code: str
    language: str
    contribution: int | None


class EditionCall(TypedDict):
    opens: str
    closes: str
    texts: NotRequired[dict[str, str]]


class EditionCallPatch(TypedDict):
    opens: NotRequired[str | None]
    closes: NotRequired[str | None]
    texts: NotRequired[dict[str, str | None] | None]


class EditionCreate(TypedDict):
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    titles: dict[str, str]
    languages: NotRequired[list[str]]
    licence: NotRequired[str]
    doi: NotRequired[str | None]
    isbn: NotRequired[str | None]
    outline: list[OutlineEntry]
    call: NotRequired[EditionCall | None]
    deadlines: NotRequired[EditionDeadlines | None]
    review: NotRequired[EditionReview]
    year: int
    number: NotRequired[int]


class EditionDeadlines(TypedDict):
    draft: str
    review: str
    final: str


class EditionDeadlinesPatch(TypedDict):
    draft: NotRequired[str | None]
    review: NotRequired[str | None]
    final: NotRequired[str | None]


class EditionFields(TypedDict):
    as_of: NotRequired[str | None]
    doi: NotRequired[str | None]


class EditionFigureCreate(TypedDict):
    titles: dict[str, str]
    captions: NotRequired[dict[str, str]]
    alternatives: dict[str, str]
    source: NotRequired[str | None]
    kind: Literal["lines", "bars", "dots", "table", "map", "number"]
    query: FigureQuery
    x: NotRequired[str | None]
    y: NotRequired[str | None]
    series: NotRequired[str | None]
    edition_id: str
    key: str


class EditionFigurePatch(TypedDict):
    titles: NotRequired[dict[str, str | None] | None]
    captions: NotRequired[dict[str, str | None] | None]
    alternatives: NotRequired[dict[str, str | None] | None]
    source: NotRequired[str | None]
    kind: NotRequired[Literal["lines", "bars", "dots", "table", "map", "number"] | None]
    query: NotRequired[FigureQueryPatch | None]
    x: NotRequired[str | None]
    y: NotRequired[str | None]
    series: NotRequired[str | None]


class EditionPatch(TypedDict):
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]
    titles: NotRequired[dict[str, str | None] | None]
    languages: NotRequired[list[str] | None]
    licence: NotRequired[str | None]
    doi: NotRequired[str | None]
    isbn: NotRequired[str | None]
    outline: NotRequired[list[OutlineEntry] | None]
    call: NotRequired[EditionCallPatch | None]
    deadlines: NotRequired[EditionDeadlinesPatch | None]
    review: NotRequired[EditionReviewPatch | None]


class EditionProgress(TypedDict):
    edition_id: str
    as_of: str
    counts: dict[str, int]
    outline: list[PlaceProgress]
    overdue: list[Overdue]
    comments: CommentCounts
    next_deadline: NextDeadline | None
    series: list[DayOfProgress]


class EditionReview(TypedDict):
    blind: NotRequired[Literal["open", "single", "double"]]
    publish_comments: NotRequired[bool]


class EditionReviewPatch(TypedDict):
    blind: NotRequired[Literal["open", "single", "double"] | None]
    publish_comments: NotRequired[bool | None]


class EditionTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[EditionFields]


class EndorsementCreate(TypedDict):
    body_id: NotRequired[str | None]
    document: NotRequired[Document | None]
    issued: NotRequired[str | None]
    valid_to: NotRequired[str | None]
    body: NotRequired[IssuingBody | None]
    level: int
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    country: str


class EndorsementFields(TypedDict):
    document: NotRequired[Document | None]


class EndorsementPatch(TypedDict):
    body_id: NotRequired[str | None]
    document: NotRequired[DocumentPatch | None]
    issued: NotRequired[str | None]
    valid_to: NotRequired[str | None]
    body: NotRequired[IssuingBodyPatch | None]
    level: NotRequired[int | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]


class EndorsementTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[EndorsementFields]


class ErrorReport(TypedDict):
    record: str
    text: str
    language: NotRequired[Literal["en", "fr", "es", "ar", "zh", "ru"] | None]


class EvidenceCreate(TypedDict):
    title: str
    category: NotRequired[Literal["A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08", "A09", "A10", "A11", "A12", "B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B09", "B10", "B11", "B12", "B13", "B14", "B15", "B16", "B17", "B18"]]
    codes: NotRequired[list[Tag]]
    date: NotRequired[str | None]
    language: NotRequired[str | None]
    licence: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    keep_until: NotRequired[str | None]
    file: str
    country: NotRequired[str | None]
    scope_id: NotRequired[str | None]
    replaces_id: NotRequired[str | None]
    sha256: NotRequired[str | None]


class EvidenceFields(TypedDict):
    second_person: NotRequired[str | None]


class EvidencePatch(TypedDict):
    title: NotRequired[str | None]
    category: NotRequired[str | None]
    codes: NotRequired[list[Tag] | None]
    date: NotRequired[str | None]
    language: NotRequired[str | None]
    licence: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]
    keep_until: NotRequired[str | None]


class EvidenceTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[EvidenceFields]


class ExpectedReport(TypedDict):
    programme: str
    country: str
    period: str
    period_id: str
    due_on: str
    light: str | None
    on_time: bool | None
    report: str | None
    status: str | None


class ExpectedReportPage(TypedDict):
    items: list[ExpectedReport]
    as_of: str


class ExpertMatch(TypedDict):
    expert: MatchedExpert
    score: float
    reasons: list[MatchReason]
    rating: MeanRating | None


class ExpertMatchPage(TypedDict):
    items: list[ExpertMatch]
    rule: str


class ExportCreate(TypedDict):
    resource: str
    format: NotRequired[Literal["csv", "ndjson", "xlsx"]]
    filters: NotRequired[dict[str, str | list[str]]]
    fields: NotRequired[list[str]]
    safe: NotRequired[bool | None]


class Extension(TypedDict):
    country: str
    until: str
    reason: str
    created_at: str
    created_by: str


class ExtensionCreate(TypedDict):
    country: str
    until: str
    reason: str


class ExtensionPage(TypedDict):
    items: list[Extension]
    next: None


class FieldProblem(TypedDict):
    code: str
    detail: str
    pointer: NotRequired[str | None]
    parameter: NotRequired[str | None]


class FigureData(TypedDict):
    key: str
    titles: dict[str, str]
    frozen: bool
    as_of: str | None
    definition: str | None
    release: str
    sha256: str
    content: str
    columns: list[str]
    items: list[dict[str, str | int | bool | dict[str, str] | None]]


class FigureDifference(TypedDict):
    key: str
    then: str | int | bool | None
    now: str | int | bool | None


class FigureQuery(TypedDict):
    path: str
    parameters: NotRequired[dict[str, Any]]


class FigureQueryPatch(TypedDict):
    path: NotRequired[str | None]
    parameters: NotRequired[dict[str, Any] | None]


class FigureTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class FigureVerification(TypedDict):
    match: bool
    differences: list[FigureDifference]
    definition_changed: bool
    as_of: str
    sha256: str


class FocalPointCreate(TypedDict):
    person: Person
    account_id: NotRequired[str | None]
    letter: NotRequired[Document | None]
    body_id: NotRequired[str | None]
    role: NotRequired[str | None]
    predecessor_id: NotRequired[str | None]
    starts: NotRequired[str | None]
    ends: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    country: str


class FocalPointFields(TypedDict):
    until: NotRequired[str | None]
    successor: NotRequired[Successor | None]


class FocalPointPatch(TypedDict):
    person: NotRequired[PersonPatch | None]
    account_id: NotRequired[str | None]
    letter: NotRequired[DocumentPatch | None]
    body_id: NotRequired[str | None]
    role: NotRequired[str | None]
    predecessor_id: NotRequired[str | None]
    starts: NotRequired[str | None]
    ends: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]


class FocalPointTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[FocalPointFields]


class FrameworkCreate(TypedDict):
    core: Core
    pillars: list[Pillar]
    valid_from: str
    valid_to: NotRequired[str | None]
    code: str


class FrameworkPatch(TypedDict):
    core: NotRequired[CorePatch | None]
    pillars: NotRequired[list[Pillar] | None]
    valid_from: NotRequired[str | None]
    valid_to: NotRequired[str | None]


class FrameworkTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class GovernmentBodyCreate(TypedDict):
    names: dict[str, str]
    kind: Literal["ministry", "agency", "commission", "parliament", "presidency", "other"]
    website: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    country: str


class GovernmentBodyPatch(TypedDict):
    names: NotRequired[dict[str, str | None] | None]
    kind: NotRequired[Literal["ministry", "agency", "commission", "parliament", "presidency", "other"] | None]
    website: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]


class GovernmentBodyTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class Headline(TypedDict):
    key: str
    titles: dict[str, str]
    value: int
    definition: str
    as_of: str
    links: HeadlineLinks
    series: NotRequired[list[HeadlinePoint] | None]


class HeadlineLinks(TypedDict):
    query: str
    records: str | None


class HeadlinePoint(TypedDict):
    as_of: str
    value: int


class Headlines(TypedDict):
    items: list[Headline]
    as_of: str


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


class IndependentSide(TypedDict):
    completion: str
    assessor: Assessor
    assessment: str


class IndicatorCopy(TypedDict):
    titles: NotRequired[dict[str, str | None] | None]
    definition: NotRequired[dict[str, str | None] | None]
    method: NotRequired[dict[str, str | None] | None]
    source: NotRequired[str | None]
    replaces_id: NotRequired[str | None]
    valid_from: NotRequired[str | None]
    valid_to: NotRequired[str | None]
    level: NotRequired[Literal["output", "outcome", "impact", "other"] | None]
    measure: NotRequired[Literal["unit", "percentage", "nominal", "ordinal", "qualitative"] | None]
    unit: NotRequired[UnitPatch | None]
    scale: NotRequired[list[ScaleCode] | None]
    direction: NotRequired[Literal["ascending", "descending", "none"] | None]
    across: NotRequired[Literal["sum", "mean", "weighted_mean", "min", "max", "none"] | None]
    over_time: NotRequired[Literal["sum", "mean", "latest", "none"] | None]
    reported_by: NotRequired[Literal["country", "action", "centre"] | None]
    frequency: NotRequired[Literal["year", "half_year", "quarter", "month"] | None]
    pillar: NotRequired[Literal["core", "action-1", "action-2", "action-3"] | None]
    side: NotRequired[Literal["ecological", "security"] | None]
    codes: NotRequired[list[Tag] | None]
    disaggregations: NotRequired[list[Dimension] | None]
    country: str
    code: NotRequired[str | None]


class IndicatorCreate(TypedDict):
    titles: dict[str, str]
    definition: NotRequired[dict[str, str]]
    method: NotRequired[dict[str, str]]
    source: NotRequired[str | None]
    replaces_id: NotRequired[str | None]
    valid_from: NotRequired[str | None]
    valid_to: NotRequired[str | None]
    level: Literal["output", "outcome", "impact", "other"]
    measure: Literal["unit", "percentage", "nominal", "ordinal", "qualitative"]
    unit: NotRequired[Unit | None]
    scale: NotRequired[list[ScaleCode]]
    direction: NotRequired[Literal["ascending", "descending", "none"]]
    across: Literal["sum", "mean", "weighted_mean", "min", "max", "none"]
    over_time: Literal["sum", "mean", "latest", "none"]
    reported_by: NotRequired[Literal["country", "action", "centre"]]
    frequency: NotRequired[Literal["year", "half_year", "quarter", "month"]]
    pillar: NotRequired[Literal["core", "action-1", "action-2", "action-3"] | None]
    side: NotRequired[Literal["ecological", "security"] | None]
    codes: NotRequired[list[Tag]]
    disaggregations: NotRequired[list[Dimension]]
    country: NotRequired[str | None]
    code: str
    framework: NotRequired[str | None]


class IndicatorPatch(TypedDict):
    titles: NotRequired[dict[str, str | None] | None]
    definition: NotRequired[dict[str, str | None] | None]
    method: NotRequired[dict[str, str | None] | None]
    source: NotRequired[str | None]
    replaces_id: NotRequired[str | None]
    valid_from: NotRequired[str | None]
    valid_to: NotRequired[str | None]
    level: NotRequired[Literal["output", "outcome", "impact", "other"] | None]
    measure: NotRequired[Literal["unit", "percentage", "nominal", "ordinal", "qualitative"] | None]
    unit: NotRequired[UnitPatch | None]
    scale: NotRequired[list[ScaleCode] | None]
    direction: NotRequired[Literal["ascending", "descending", "none"] | None]
    across: NotRequired[Literal["sum", "mean", "weighted_mean", "min", "max", "none"] | None]
    over_time: NotRequired[Literal["sum", "mean", "latest", "none"] | None]
    reported_by: NotRequired[Literal["country", "action", "centre"] | None]
    frequency: NotRequired[Literal["year", "half_year", "quarter", "month"] | None]
    pillar: NotRequired[Literal["core", "action-1", "action-2", "action-3"] | None]
    side: NotRequired[Literal["ecological", "security"] | None]
    codes: NotRequired[list[Tag] | None]
    disaggregations: NotRequired[list[Dimension] | None]


class IndicatorTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class Integrity(TypedDict):
    state: str
    checked_at: str | None


class IssuingBody(TypedDict):
    name: str
    kind: NotRequired[Literal["ministry", "agency", "commission", "parliament", "presidency", "other"]]


class IssuingBodyPatch(TypedDict):
    name: NotRequired[str | None]
    kind: NotRequired[Literal["ministry", "agency", "commission", "parliament", "presidency", "other"] | None]


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


class LatestValue(TypedDict):
    indicator: str
    period: str
    value: str | None
    counts: dict[str, int] | None
    countries: int


class LetterFields(TypedDict):
    reply_due: NotRequired[str | None]


class Link(TypedDict):
    url: str
    expires_at: str


class LinkBody(TypedDict):
    path: str


class Links(TypedDict):
    self: str


class ListedCountry(TypedDict):
    code: str
    names: dict[str, str]
    region: str | None
    groups: list[Literal["ldc", "lldc", "sids"]]
    stage: int
    facts: list[StageFact]
    counts: CountryCounts
    as_of: str


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


class MatchReason(TypedDict):
    code: str
    matched: list[str]
    share: float
    weight: float


class MatchedExpert(TypedDict):
    id: str
    ref: str
    display_name: str
    country: str


class MeanRating(TypedDict):
    mean: str
    count: int


class MeetingCreate(TypedDict):
    date: str
    titles: dict[str, str]
    kind: Literal["online", "onsite", "hybrid"]
    participants: NotRequired[list[Attendee | str]]
    decisions: NotRequired[list[Decision | str]]
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    country: str


class MeetingPatch(TypedDict):
    date: NotRequired[str | None]
    titles: NotRequired[dict[str, str | None] | None]
    kind: NotRequired[Literal["online", "onsite", "hybrid"] | None]
    participants: NotRequired[list[Attendee | str] | None]
    decisions: NotRequired[list[Decision | str] | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]


class MeetingTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class MilestoneCreate(TypedDict):
    titles: dict[str, str]
    due: str
    due_reason: NotRequired[str | None]
    weight: NotRequired[float]
    codes: NotRequired[list[Tag]]
    deliverable: NotRequired[str | dict[str, str] | None]
    evidence_required: NotRequired[bool | str]
    action_id: str


class MilestoneFields(TypedDict):
    evidence: NotRequired[Document | list[Document] | None]


class MilestonePatch(TypedDict):
    titles: NotRequired[dict[str, str | None] | None]
    due: NotRequired[str | None]
    due_reason: NotRequired[str | None]
    weight: NotRequired[float | None]
    codes: NotRequired[list[Tag] | None]
    deliverable: NotRequired[str | dict[str, str | None] | None]
    evidence_required: NotRequired[bool | str | None]


class MilestoneTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[MilestoneFields]


class NamingConsent(TypedDict):
    edition_id: str
    name: str
    consented_at: str


class NamingConsentCreate(TypedDict):
    edition_id: str
    name: NotRequired[str | None]


class NamingConsentPage(TypedDict):
    items: list[NamingConsent]
    next: str | None


class NextDeadline(TypedDict):
    step: str
    day: str


class NoFields(TypedDict):
    pass


class OfferCreate(TypedDict):
    expert_id: str
    respond_by: NotRequired[str]
    message: NotRequired[str | None]


class OfferTransition(TypedDict):
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


class Omission(TypedDict):
    kind: Literal["programme", "action"]
    id: str
    ref: str
    country: str
    code: Literal["no_organisation", "no_start", "not_valid"]
    detail: str


class OmissionPage(TypedDict):
    items: list[Omission]
    published: int
    activities: int
    as_of: str


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


class OrphanedCode(TypedDict):
    code: str
    indicators: int
    results: int
    actions: int
    milestones: int
    reports: int
    evidence: int


class OtherValue(TypedDict):
    id: str
    value: NotRequired[str | None]
    numerator: NotRequired[str | None]
    denominator: NotRequired[str | None]
    code: NotRequired[str | None]


class OutlineEntry(TypedDict):
    key: str
    titles: dict[str, str]
    kind: NotRequired[Literal["front", "section", "chapter", "country", "annex"]]
    parent: NotRequired[str | None]
    order: NotRequired[int]
    country: NotRequired[str | None]


class Overdue(TypedDict):
    contribution_id: str
    ref: str
    outline_key: str
    titles: dict[str, str]
    due: str
    days: int
    editor_id: str | None


class Owner(TypedDict):
    account_id: NotRequired[str | None]
    role: NotRequired[Literal["secretariat_officer", "government_focal_point", "national_author", "national_publisher", "committee_president", "committee_secretary"] | None]


class Page(TypedDict):
    next: str | None
    total_estimate: NotRequired[int | None]
    permitted: NotRequired[list[str] | None]


class Participant(TypedDict):
    institution_id: str
    role: int


class Party(TypedDict):
    name: str
    role: NotRequired[str | None]


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


class PeriodCreate(TypedDict):
    opens_on: str
    due_on: str
    closes_on: str
    locks_on: NotRequired[str | None]
    starts: str
    ends: str
    framework: str
    code: str


class PeriodPatch(TypedDict):
    opens_on: NotRequired[str | None]
    due_on: NotRequired[str | None]
    closes_on: NotRequired[str | None]
    locks_on: NotRequired[str | None]


class PeriodTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class Person(TypedDict):
    expert_id: NotRequired[str | None]
    name: NotRequired[str | None]


class PersonPatch(TypedDict):
    expert_id: NotRequired[str | None]
    name: NotRequired[str | None]


class Pillar(TypedDict):
    key: Literal["action-1", "action-2", "action-3"]
    titles: dict[str, str]
    descriptions: NotRequired[dict[str, str]]
    order: int


class PillarSide(TypedDict):
    completion: str
    assessments: list[str]


class PlaceProgress(TypedDict):
    key: str
    counts: dict[str, int]


class Problem(TypedDict):
    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    request_id: str
    errors: NotRequired[list[FieldProblem] | None]


class ProfileAction(TypedDict):
    id: str
    ref: str
    pillar: str
    pillar_titles: dict[str, str]
    kind: str
    titles: dict[str, str]
    descriptions: dict[str, str]
    status: str
    planned_start: str | None
    planned_end: str | None
    actual_start: str | None
    actual_end: str | None
    participants: list[ProfileParticipant]


class ProfileBaseline(TypedDict):
    id: str
    value: str | None
    code: str | None
    text: dict[str, str] | None
    missing: str | None
    year: int | None


class ProfileComparison(TypedDict):
    subject: ProfileSubject
    period_id: str
    period: str
    self: str | None
    independent: str | None
    difference: int | None


class ProfileIndicator(TypedDict):
    id: str
    code: str
    titles: dict[str, str]
    measure: str
    unit: Unit | None
    scale: list[ScaleCode]
    direction: str
    action_id: str | None
    baseline: ProfileBaseline | None
    periods: list[ProfilePeriod]


class ProfileMilestone(TypedDict):
    id: str
    ref: str
    action_id: str
    titles: dict[str, str]
    status: str
    due: str
    verified_on: str | None


class ProfileParticipant(TypedDict):
    institution_id: str
    name: str
    role: int


class ProfilePeriod(TypedDict):
    code: str
    starts: str
    ends: str
    target: ProfileValue | None
    actual: ProfileValue | None


class ProfileProgramme(TypedDict):
    id: str
    ref: str
    framework: str
    status: str
    started_on: str | None
    completed_on: str | None


class ProfileSubject(TypedDict):
    kind: Literal["programme", "action", "milestone", "centre"]
    id: str
    titles: dict[str, str]


class ProfileValue(TypedDict):
    id: str
    value: str | None
    code: str | None
    text: dict[str, str] | None
    missing: str | None


class ProgrammeCompleteness(TypedDict):
    value: int
    of: int
    elements: list[ProgrammeElement]


class ProgrammeCore(TypedDict):
    centre_id: str | None


class ProgrammeCreate(TypedDict):
    committee_id: NotRequired[str | None]
    centre_id: NotRequired[str | None]
    lead_body_id: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    country: str
    framework: NotRequired[str]


class ProgrammeElement(TypedDict):
    key: str
    met: bool
    since: str | None
    reason: str | None


class ProgrammeFields(TypedDict):
    waiver: NotRequired[ProgrammeWaiver | None]


class ProgrammePatch(TypedDict):
    committee_id: NotRequired[str | None]
    centre_id: NotRequired[str | None]
    lead_body_id: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]


class ProgrammePillar(TypedDict):
    pillar: str
    titles: dict[str, str]
    count: int
    status: str | None


class ProgrammeTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[ProgrammeFields]


class ProgrammeWaiver(TypedDict):
    reason: str
    second_person: NotRequired[str | None]


class Progress(TypedDict):
    done: int
    total: int | None


class ProgressReportTemplateCreate(TypedDict):
    titles: dict[str, str]
    sections: list[RepeatedSection]
    framework: str
    version: str


class ProgressReportTemplatePatch(TypedDict):
    titles: NotRequired[dict[str, str | None] | None]
    sections: NotRequired[list[RepeatedSection] | None]


class ProgressReportTemplateTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class Proposer(TypedDict):
    kind: str
    id: str


class PublishFields(TypedDict):
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]


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


class Reference(TypedDict):
    resource: str
    id: str
    ref: str
    link: str


class RelatedCode(TypedDict):
    scheme: str
    code: str
    relation: str


class RepeatedSection(TypedDict):
    key: str
    titles: dict[str, str]
    questions: list[ReportQuestion]
    repeat: NotRequired[Literal["pillar", "action", "indicator"] | None]


class ReportCommentCreate(TypedDict):
    section: str
    item: NotRequired[str | None]
    text: str
    must_answer: NotRequired[bool]


class ReportCommentFields(TypedDict):
    text: NotRequired[str | None]


class ReportCommentTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[ReportCommentFields]


class ReportCreate(TypedDict):
    programme_id: str
    period_id: str
    template_id: NotRequired[str | None]
    prefill: NotRequired[Literal["previous", "none"]]
    due_on: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    replaces_id: NotRequired[str | None]
    contributors: NotRequired[list[Contributor]]


class ReportFigures(TypedDict):
    as_of: str
    results: list[ReportedResult]
    milestones: list[ReportedMilestone]


class ReportPatch(TypedDict):
    due_on: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]
    contributors: NotRequired[list[Contributor] | None]


class ReportPdfBody(TypedDict):
    language: NotRequired[Literal["en", "fr", "es", "ar", "zh", "ru"]]


class ReportQuestion(TypedDict):
    key: str
    titles: dict[str, str]
    type: Literal["text", "integer", "decimal", "boolean", "choice", "choices", "day", "document", "link", "results", "milestones", "self_assessment"]
    required: NotRequired[bool]
    choices: NotRequired[list[Choice]]
    unit: NotRequired[str | None]
    min: NotRequired[str | None]
    max: NotRequired[str | None]
    max_length: NotRequired[int | None]
    prefill: NotRequired[bool]
    public: NotRequired[bool]
    figure: NotRequired[bool]
    same_as: NotRequired[str | None]


class ReportSection(TypedDict):
    version: int
    report_id: str
    key: str
    item: str | None
    state: str
    answers: dict[str, Any]
    codes: list[Tag]
    prefilled: NotRequired[list[str] | None]
    confirmed: NotRequired[bool | None]
    assigned_to: NotRequired[str | None]
    due_on: NotRequired[str | None]
    updated_at: str
    links: Links


class ReportSectionPatch(TypedDict):
    state: NotRequired[Literal["empty", "draft", "done"] | None]
    answers: NotRequired[dict[str, Any] | None]
    codes: NotRequired[list[Tag] | None]
    confirmed: NotRequired[bool | None]


class ReportTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[PublishFields]


class ReportedError(TypedDict):
    ref: str


class ReportedMilestone(TypedDict):
    milestone_id: str
    ref: str
    action_id: str
    status: str
    due: str
    weight: float


class ReportedResult(TypedDict):
    result_id: str
    ref: str
    indicator: str
    indicator_id: str
    action_id: str | None
    centre_id: str | None
    value: str | None
    numerator: str | None
    denominator: str | None
    code: str | None
    text: dict[str, str] | None
    missing: str | None
    status: str
    revision: int


class ReportingItem(TypedDict):
    expected: int
    reported: int
    missing: int
    on_time: int
    completeness: str | None
    timeliness: str | None
    country: NotRequired[str | None]
    region: NotRequired[str | None]
    framework: NotRequired[str | None]
    period: NotRequired[str | None]


class ReportingNumbers(TypedDict):
    expected: int
    reported: int
    missing: int
    on_time: int
    completeness: str | None
    timeliness: str | None


class ReportingStatistics(TypedDict):
    items: list[ReportingItem]
    as_of: str
    definition: str
    total: ReportingNumbers


class ResultCreate(TypedDict):
    method: Literal["measured", "estimated", "modelled", "survey", "administrative"]
    value: NotRequired[str | None]
    numerator: NotRequired[str | None]
    denominator: NotRequired[str | None]
    code: NotRequired[str | None]
    text: NotRequired[dict[str, str] | None]
    missing: NotRequired[Literal["not_collected", "not_applicable", "not_available", "confidential"] | None]
    breakdown: NotRequired[list[ResultPart]]
    source: NotRequired[str | None]
    method_note: NotRequired[str | None]
    comment: NotRequired[str | None]
    evidence: NotRequired[list[Document]]
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    indicator_id: str
    country: NotRequired[str | None]
    action_id: NotRequired[str | None]
    centre_id: NotRequired[str | None]
    kind: NotRequired[Literal["actual", "baseline"]]
    period_id: NotRequired[str | None]
    year: NotRequired[int | None]


class ResultFields(TypedDict):
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]
    acknowledge: NotRequired[list[str] | None]


class ResultPart(TypedDict):
    dimensions: dict[str, Any]
    value: NotRequired[str | None]
    numerator: NotRequired[str | None]
    denominator: NotRequired[str | None]


class ResultPatch(TypedDict):
    method: NotRequired[Literal["measured", "estimated", "modelled", "survey", "administrative"] | None]
    value: NotRequired[str | None]
    numerator: NotRequired[str | None]
    denominator: NotRequired[str | None]
    code: NotRequired[str | None]
    text: NotRequired[dict[str, str | None] | None]
    missing: NotRequired[Literal["not_collected", "not_applicable", "not_available", "confidential"] | None]
    breakdown: NotRequired[list[ResultPart] | None]
    source: NotRequired[str | None]
    method_note: NotRequired[str | None]
    comment: NotRequired[str | None]
    evidence: NotRequired[list[Document] | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]


class ResultRevision(TypedDict):
    method: NotRequired[Literal["measured", "estimated", "modelled", "survey", "administrative"] | None]
    value: NotRequired[str | None]
    numerator: NotRequired[str | None]
    denominator: NotRequired[str | None]
    code: NotRequired[str | None]
    text: NotRequired[dict[str, str | None] | None]
    missing: NotRequired[Literal["not_collected", "not_applicable", "not_available", "confidential"] | None]
    breakdown: NotRequired[list[ResultPart] | None]
    source: NotRequired[str | None]
    method_note: NotRequired[str | None]
    comment: NotRequired[str | None]
    evidence: NotRequired[list[Document] | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]
    reason: str


class ResultTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[ResultFields]


class ResultValue(TypedDict):
    indicator: str
    country: NotRequired[str | None]
    region: NotRequired[str | None]
    period: NotRequired[str | None]
    value: str | None
    numerator: str | None
    denominator: str | None
    counts: dict[str, int] | None
    unit: Unit | None
    rule: ValueRule
    countries: int
    expected: int
    absent: dict[str, int]
    links: ValueLinks


class ResultValues(TypedDict):
    items: list[ResultValue]
    as_of: str
    definition: str


class ResultViolation(TypedDict):
    rule: str
    severity: Literal["error", "warning"]
    left: str | None
    right: str | None
    instruction: dict[str, str]
    acknowledged: bool
    result_id: str
    indicator_id: str
    action_id: str | None
    centre_id: str | None
    status: str


class ReviewRoundCreate(TypedDict):
    opens: str
    closes: str
    audience: NotRequired[Literal["experts", "governments", "both"]]
    contributions: list[str]
    number: NotRequired[int | None]


class ReviewRoundPatch(TypedDict):
    opens: NotRequired[str | None]
    closes: NotRequired[str | None]
    audience: NotRequired[Literal["experts", "governments", "both"] | None]
    contributions: NotRequired[list[str] | None]


class ReviewRoundTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class RevisionSummary(TypedDict):
    id: str
    ref: str
    revision: int
    status: str
    value: str | None
    numerator: str | None
    denominator: str | None
    code: str | None
    revision_of: str | None
    superseded_by: str | None


class RuleSide(TypedDict):
    terms: NotRequired[list[RuleTerm]]
    constant: NotRequired[str | None]


class RuleSidePatch(TypedDict):
    terms: NotRequired[list[RuleTerm] | None]
    constant: NotRequired[str | None]


class RuleTerm(TypedDict):
    indicator: str
    dimensions: NotRequired[dict[str, Any]]
    period: NotRequired[Literal["same", "previous"]]
    factor: NotRequired[str]


class ScaleCode(TypedDict):
    code: str
    titles: dict[str, str]
    order: int


class Scan(TypedDict):
    state: str
    at: str | None


class SchemeAssessment(TypedDict):
    assessment: str
    published_on: str
    source: Document
    states: list[CodeState]


class SchemeAssessmentBody(TypedDict):
    assessment: str
    published_on: str
    source: Document
    states: list[CodeState]


class SchemeCode(TypedDict):
    code: str
    parent: str | None
    kind: str | None
    titles: dict[str, str]
    uri: str | None
    order: int


class SchemeCodeBody(TypedDict):
    code: str
    parent: NotRequired[str | None]
    kind: NotRequired[str | None]
    titles: dict[str, str]
    uri: NotRequired[str | None]
    order: NotRequired[int]


class SchemeCreate(TypedDict):
    titles: dict[str, str]
    licence: NotRequired[str | None]
    publisher: NotRequired[str | None]
    code: str
    edition: str
    source: str


class SchemePatch(TypedDict):
    titles: NotRequired[dict[str, str | None] | None]
    licence: NotRequired[str | None]
    publisher: NotRequired[str | None]
    code: NotRequired[str | None]
    edition: NotRequired[str | None]
    source: NotRequired[str | None]


class SchemeTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class SectionSummary(TypedDict):
    key: str
    item: str | None
    state: str
    prefilled: NotRequired[list[str] | None]
    confirmed: NotRequired[bool | None]
    assigned_to: NotRequired[str | None]
    due_on: NotRequired[str | None]


class SeenRecord(TypedDict):
    id: str
    version: int


class SelfSide(TypedDict):
    completion: str
    report: str


class StageFact(TypedDict):
    key: str
    met: bool
    date: str | None
    link: str | None


class StatisticLinks(TypedDict):
    records: str | None


class Subject(TypedDict):
    kind: Literal["programme", "action", "milestone", "centre"]
    id: str


class Successor(TypedDict):
    person: Person
    account_id: NotRequired[str | None]
    letter: NotRequired[Document | None]


class SupportClock(TypedDict):
    holder: str
    since: str
    target: str | None
    light: str
    paused: bool


class SupportRequestCreate(TypedDict):
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    titles: dict[str, str]
    need: dict[str, str]
    wanted_from: NotRequired[str | None]
    wanted_to: NotRequired[str | None]
    programme_id: NotRequired[str | None]
    action_id: NotRequired[str | None]
    centre_id: NotRequired[str | None]
    kind: Literal["science", "training", "review", "data", "advice", "other"]
    fields: NotRequired[list[Literal["1", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11", "3", "3.1", "3.2", "3.3", "3.4", "3.5", "4", "4.1", "4.2", "4.3", "4.4", "4.5", "5", "5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7", "5.8", "5.9", "6", "6.1", "6.2", "6.3", "6.4", "6.5"]]]
    planetary_boundaries: NotRequired[list[Literal["climate-change", "biosphere-integrity", "land-system-change", "freshwater-change", "biogeochemical-flows", "novel-entities", "ocean-acidification", "atmospheric-aerosol-loading", "stratospheric-ozone-depletion"]]]
    ecosystems: NotRequired[list[Literal["tropical-and-subtropical-dry-and-humid-forests", "temperate-and-boreal-forests-and-woodlands", "mediterranean-forests-woodlands-and-scrub", "tundra-and-high-mountain-habitats", "tropical-and-subtropical-savannas-and-grasslands", "temperate-grasslands", "deserts-and-xeric-shrublands", "wetlands-peatlands-mires-bogs", "urban-semi-urban", "cultivated-areas", "cryosphere", "aquaculture-areas", "inland-surface-waters-and-water-bodies-freshwater", "shelf-ecosystems", "open-ocean-pelagic-systems", "deep-sea", "coastal-areas-intensively-used-for-multiple-purposes-by-humans"]]]
    keywords: NotRequired[list[str]]
    languages: NotRequired[list[str]]
    codes: NotRequired[list[Tag]]
    mode: NotRequired[Literal["remote", "onsite", "both"]]
    days: NotRequired[int | None]
    documents: NotRequired[list[Document]]
    country: str


class SupportRequestFields(TypedDict):
    document: NotRequired[Document | None]
    rating: NotRequired[int | None]
    text: NotRequired[str | None]


class SupportRequestPatch(TypedDict):
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]
    titles: NotRequired[dict[str, str | None] | None]
    need: NotRequired[dict[str, str | None] | None]
    wanted_from: NotRequired[str | None]
    wanted_to: NotRequired[str | None]
    programme_id: NotRequired[str | None]
    action_id: NotRequired[str | None]
    centre_id: NotRequired[str | None]
    kind: NotRequired[Literal["science", "training", "review", "data", "advice", "other"] | None]
    fields: NotRequired[list[Literal["1", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11", "3", "3.1", "3.2", "3.3", "3.4", "3.5", "4", "4.1", "4.2", "4.3", "4.4", "4.5", "5", "5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7", "5.8", "5.9", "6", "6.1", "6.2", "6.3", "6.4", "6.5"]] | None]
    planetary_boundaries: NotRequired[list[Literal["climate-change", "biosphere-integrity", "land-system-change", "freshwater-change", "biogeochemical-flows", "novel-entities", "ocean-acidification", "atmospheric-aerosol-loading", "stratospheric-ozone-depletion"]] | None]
    ecosystems: NotRequired[list[Literal["tropical-and-subtropical-dry-and-humid-forests", "temperate-and-boreal-forests-and-woodlands", "mediterranean-forests-woodlands-and-scrub", "tundra-and-high-mountain-habitats", "tropical-and-subtropical-savannas-and-grasslands", "temperate-grasslands", "deserts-and-xeric-shrublands", "wetlands-peatlands-mires-bogs", "urban-semi-urban", "cultivated-areas", "cryosphere", "aquaculture-areas", "inland-surface-waters-and-water-bodies-freshwater", "shelf-ecosystems", "open-ocean-pelagic-systems", "deep-sea", "coastal-areas-intensively-used-for-multiple-purposes-by-humans"]] | None]
    keywords: NotRequired[list[str] | None]
    languages: NotRequired[list[str] | None]
    codes: NotRequired[list[Tag] | None]
    mode: NotRequired[Literal["remote", "onsite", "both"] | None]
    days: NotRequired[int | None]
    documents: NotRequired[list[Document] | None]


class SupportRequestTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[SupportRequestFields]


class Tag(TypedDict):
    scheme: str
    code: str


class TargetCreate(TypedDict):
    value: NotRequired[str | None]
    code: NotRequired[str | None]
    breakdown: NotRequired[list[TargetPart]]
    comment: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"]]
    indicator_id: str
    country: NotRequired[str | None]
    action_id: NotRequired[str | None]
    centre_id: NotRequired[str | None]
    period_id: str


class TargetPart(TypedDict):
    dimensions: dict[str, Any]
    value: str


class TargetPatch(TypedDict):
    value: NotRequired[str | None]
    code: NotRequired[str | None]
    breakdown: NotRequired[list[TargetPart] | None]
    comment: NotRequired[str | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]


class TargetTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class TaskCommentCreate(TypedDict):
    text: str


class TaskCreate(TypedDict):
    titles: dict[str, str]
    text: NotRequired[dict[str, str]]
    due: str
    priority: NotRequired[Literal["low", "normal", "high", "urgent"]]
    country: str
    owner: NotRequired[Owner | None]
    about: NotRequired[About | None]


class TaskFields(TypedDict):
    owner: NotRequired[Owner | None]


class TaskPatch(TypedDict):
    titles: NotRequired[dict[str, str | None] | None]
    text: NotRequired[dict[str, str | None] | None]
    due: NotRequired[str | None]
    priority: NotRequired[Literal["low", "normal", "high", "urgent"] | None]


class TaskTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[TaskFields]


class Timeline(TypedDict):
    items: list[TimelineItem]
    as_of: str


class TimelineDays(TypedDict):
    start: str | None
    end: str | None


class TimelineItem(TypedDict):
    kind: Literal["programme", "action", "milestone"]
    id: str
    parent_id: str | None
    titles: dict[str, str]
    planned: TimelineDays
    actual: TimelineDays
    progress: str | None
    status: str
    overdue: bool


class TokenOfAuthor(TypedDict):
    token: str


class Transitions(TypedDict):
    status: str
    allowed_actions: list[OfferedAction]
    states: list[str]
    permitted: NotRequired[list[str]]


class Unit(TypedDict):
    code: str
    label: str


class UnitPatch(TypedDict):
    code: NotRequired[str | None]
    label: NotRequired[str | None]


class Validated(TypedDict):
    items: list[ResultViolation]
    validated: int
    next: str | None


class ValidationBody(TypedDict):
    country: str
    period_id: str
    after: NotRequired[str | None]


class ValidationRuleCreate(TypedDict):
    titles: dict[str, str]
    instruction: NotRequired[dict[str, str]]
    tolerance: NotRequired[str | None]
    severity: Literal["error", "warning"]
    left: RuleSide
    operator: Literal["equal_to", "not_equal_to", "greater_than", "greater_than_or_equal_to", "less_than", "less_than_or_equal_to", "compulsory_pair", "exclusive_pair"]
    right: RuleSide
    missing: NotRequired[Literal["skip_if_any", "skip_if_all", "never_skip"]]
    country: NotRequired[str | None]
    code: str
    framework: NotRequired[str | None]


class ValidationRulePatch(TypedDict):
    titles: NotRequired[dict[str, str | None] | None]
    instruction: NotRequired[dict[str, str | None] | None]
    tolerance: NotRequired[str | None]
    severity: NotRequired[Literal["error", "warning"] | None]
    left: NotRequired[RuleSidePatch | None]
    operator: NotRequired[Literal["equal_to", "not_equal_to", "greater_than", "greater_than_or_equal_to", "less_than", "less_than_or_equal_to", "compulsory_pair", "exclusive_pair"] | None]
    right: NotRequired[RuleSidePatch | None]
    missing: NotRequired[Literal["skip_if_any", "skip_if_all", "never_skip"] | None]


class ValidationRuleTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class ValueLinks(TypedDict):
    records: str | None


class ValueRule(TypedDict):
    across: str
    over_time: str


class VersionBlock(TypedDict):
    number: int
    kind: str
    text: str


class VersionCreate(TypedDict):
    body: NotRequired[str | None]
    file_sha256: NotRequired[str | None]
    references: NotRequired[list[dict[str, Any]]]
    note: NotRequired[str | None]
    language: NotRequired[str | None]
    of: NotRequired[int | None]


class VersionImage(TypedDict):
    name: str
    block: int
    alternative: str
    link: str


class VersionSummary(TypedDict):
    number: int
    language: str
    of: int | None
    sha256: str
    words: int
    warnings: list[VersionWarning]
    note: str | None
    created_at: str
    created_by: str | None


class VersionWarning(TypedDict):
    code: str
    block: int
    detail: str


class ViolationResponse(TypedDict):
    rule: str
    severity: Literal["error", "warning"]
    left: str | None
    right: str | None
    instruction: dict[str, str]
    acknowledged: bool


class Action(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    programme_id: str
    pillar: str
    kind: str
    titles: dict[str, str]
    descriptions: dict[str, str]
    planned_start: str | None
    planned_end: str | None
    actual_start: str | None
    actual_end: str | None
    participants: list[Participant]
    locations: list[ActionLocation]
    tags: list[Tag]
    budget: NotRequired[Budget | None]
    baseline: Baseline | None
    iati_status: int


class ActionPage(Page):
    items: list[Action]


class Assessment(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    period_id: str
    completion: str
    assessor: Assessor
    text: dict[str, str]
    date: str
    independent: bool
    conflict_of_interest: bool
    evidence: NotRequired[list[Document] | None]
    reply_due: str | None
    reply: dict[str, str] | None
    replied_on: str | None
    published_on: str | None
    subject: Subject


class AssessmentPage(Page):
    items: list[Assessment]


class Calendar(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    kinds: list[str]
    programme_id: str | None
    language: str
    url: NotRequired[str | None]


class CalendarPage(Page):
    items: list[Calendar]


class CommentPage(Page):
    items: list[Comment]


class Contribution(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    edition_id: str
    number: int
    outline_key: str
    titles: dict[str, str]
    language: str
    abstract: dict[str, str]
    keywords: list[str]
    funding: str | None
    conflicts: str | None
    due: str | None
    authors: list[ContributionAuthor]
    editor_id: str | None
    consent: ContributionConsent | None
    published_version: int | None
    current: NotRequired[CurrentVersion | None]
    comments: NotRequired[CommentCounts | None]
    doi: NotRequired[str | None]
    days_late: int | None


class ContributionPage(Page):
    items: list[Contribution]


class ContributionReviewer(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    edition_id: str
    contribution_id: str
    round_id: str
    titles: dict[str, str]
    expert_id: str
    conflict_of_interest: bool | None
    conflict: str | None
    round: int


class ContributionReviewerPage(Page):
    items: list[ContributionReviewer]


class Correspondence(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    direction: str
    date: str
    subject: str
    parties: list[Party | str]
    about: list[str]
    reply_due: str | None
    reply_to: str | None
    replied_on: str | None
    document: Document | None
    overdue: bool


class CorrespondencePage(Page):
    items: list[Correspondence]


class Delegation(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    report_id: str
    account_id: str
    sections: list[str]
    due_on: str | None


class DelegationPage(Page):
    items: list[Delegation]


class Edition(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    year: int
    number: int
    titles: dict[str, str]
    languages: list[str]
    licence: str
    doi: str | None
    isbn: str | None
    outline: list[OutlineEntry]
    call: EditionCall | None
    deadlines: EditionDeadlines | None
    review: EditionReview
    as_of: str | None
    frozen_at: str | None
    published_at: str | None
    issue: int
    retraction: str | None
    progress: NotRequired[dict[str, int] | None]


class EditionFigure(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    edition_id: str
    key: str
    kind: str
    titles: dict[str, str]
    captions: dict[str, str]
    alternatives: dict[str, str]
    query: FigureQuery
    x: str | None
    y: str | None
    series: str | None
    source: str | None
    as_of: str | None
    definition: str | None
    release: str | None
    sha256: str | None


class EditionFigurePage(Page):
    items: list[EditionFigure]


class EditionPage(Page):
    items: list[Edition]


class Endorsement(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    body: IssuingBody | None
    body_id: str | None
    level: int
    document: NotRequired[Document | None]
    issued: str | None
    valid_to: str | None
    verified_on: str | None
    withdrawn_on: str | None
    withdrawal_reason: NotRequired[str | None]


class EndorsementPage(Page):
    items: list[Endorsement]


class Evidence(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    title: str
    category: str
    date: str | None
    codes: list[Tag]
    language: str | None
    licence: str | None
    scope_id: str | None
    replaces_id: str | None
    keep_until: str | None
    file_name: str
    size: int
    media_type: str
    declared_media_type: str | None
    sha256: str
    replaced_by: str | None
    scan: Scan
    integrity: Integrity
    referenced_by: NotRequired[list[Reference]]


class EvidencePage(Page):
    items: list[Evidence]


class FocalPoint(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    person: Person
    account_id: NotRequired[str | None]
    body_id: str | None
    role: str | None
    letter: NotRequired[Document | None]
    predecessor_id: str | None
    starts: str | None
    ends: str | None


class FocalPointPage(Page):
    items: list[FocalPoint]


class Framework(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    code: str
    core: Core
    pillars: list[Pillar]
    valid_from: str
    valid_to: str | None


class FrameworkPage(Page):
    items: list[Framework]


class GovernmentBody(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    names: dict[str, str]
    kind: str
    website: str | None


class GovernmentBodyPage(Page):
    items: list[GovernmentBody]


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


class Indicator(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    code: str
    titles: dict[str, str]
    definition: dict[str, str]
    framework: str | None
    level: str
    measure: str
    unit: Unit | None
    scale: list[ScaleCode]
    direction: str
    across: str
    over_time: str
    reported_by: str
    frequency: str
    pillar: str | None
    side: str | None
    codes: list[Tag]
    method: dict[str, str]
    source: str | None
    replaces_id: str | None
    template_id: str | None
    disaggregations: list[Dimension]
    valid_from: str | None
    valid_to: str | None


class IndicatorPage(Page):
    items: list[Indicator]


class JobPage(Page):
    items: list[Job]


class KeptRecordPage(Page):
    items: list[KeptRecord]


class ListedCountryPage(Page):
    items: list[ListedCountry]


class Meeting(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    kind: str
    date: str
    titles: dict[str, str]
    participants: NotRequired[list[Attendee | str]]
    decisions: list[Decision | str]


class MeetingPage(Page):
    items: list[Meeting]


class Milestone(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    action_id: str
    titles: dict[str, str]
    due: str
    first_due: str
    due_reason: str | None
    weight: float
    codes: list[Tag]
    deliverable: str | dict[str, str] | None
    evidence_required: bool | str
    evidence: NotRequired[list[Document] | None]
    claimed_by: NotRequired[str | None]
    claimed_on: str | None
    verified_on: str | None
    overdue: bool


class MilestonePage(Page):
    items: list[Milestone]


class Offer(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    request_id: str
    expert_id: str
    message: str | None
    respond_by: str
    accepted_on: str | None


class OfferPage(Page):
    items: list[Offer]


class Period(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    framework: str
    code: str
    starts: str
    ends: str
    opens_on: str
    due_on: str
    closes_on: str | None
    locks_on: str | None


class PeriodPage(Page):
    items: list[Period]


class Programme(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    framework: str
    committee_id: str | None
    centre_id: str | None
    lead_body_id: NotRequired[str | None]
    waiver: NotRequired[ProgrammeWaiver | None]
    started_on: str | None
    completed_on: str | None
    completeness: ProgrammeCompleteness


class ProgrammePage(Page):
    items: list[Programme]


class ProgressReportTemplate(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    framework: str
    template_version: str
    titles: dict[str, str]
    sections: list[RepeatedSection]


class ProgressReportTemplatePage(Page):
    items: list[ProgressReportTemplate]


class Report(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    programme_id: str
    period_id: str
    template_id: str
    prefill: str
    due_on: str
    replaces_id: str | None
    contributors: list[Contributor]
    submitted_at: str | None
    reported_at: str | None
    published_at: str | None
    superseded_by: str | None
    holder: str | None
    light: str | None
    sections: NotRequired[list[SectionSummary] | None]
    figures: NotRequired[ReportFigures | None]
    open_comments: NotRequired[int | None]


class ReportComment(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    report_id: str
    section: str
    item: str | None
    text: str
    must_answer: bool
    answer: str | None


class ReportCommentPage(Page):
    items: list[ReportComment]


class ReportPage(Page):
    items: list[Report]


class Result(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    indicator_id: str
    action_id: str | None
    centre_id: str | None
    kind: str
    period_id: str | None
    year: int | None
    method: str
    value: str | None
    numerator: str | None
    denominator: str | None
    code: str | None
    text: dict[str, str] | None
    missing: str | None
    source: str | None
    method_note: str | None
    comment: str | None
    evidence: NotRequired[list[Document] | None]
    revision: int
    revision_of: str | None
    superseded_by: str | None
    late: bool | None
    published_at: str | None
    ended_at: str | None
    breakdown: NotRequired[list[ResultPart] | None]
    unit: NotRequired[Unit | None]
    target: NotRequired[OtherValue | None]
    previous: NotRequired[OtherValue | None]
    validation: NotRequired[list[ViolationResponse] | None]
    revisions: NotRequired[list[RevisionSummary] | None]


class ResultPage(Page):
    items: list[Result]


class ReviewRound(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    edition_id: str
    number: int
    opens: str
    closes: str
    audience: str
    contributions: list[str]


class ReviewRoundPage(Page):
    items: list[ReviewRound]


class Scheme(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    code: str
    edition: str
    titles: dict[str, str]
    source: str | None
    licence: str | None
    publisher: str | None
    code_count: int
    assessments: list[str]


class SchemeAssessmentPage(Page):
    items: list[SchemeAssessment]


class SchemeCodePage(Page):
    items: list[SchemeCode]


class SchemeMappingPage(Page):
    items: list[SchemeMapping]


class SchemePage(Page):
    items: list[Scheme]


class SupportRequest(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    titles: dict[str, str]
    need: dict[str, str]
    kind: str
    fields: list[str]
    planetary_boundaries: list[str]
    ecosystems: list[str]
    keywords: list[str]
    languages: list[str]
    codes: list[Tag]
    mode: str
    wanted_from: str | None
    wanted_to: str | None
    days: int | None
    programme_id: str | None
    action_id: str | None
    centre_id: str | None
    documents: NotRequired[list[Document] | None]
    delivery_document: NotRequired[Document | None]
    rating: NotRequired[int | None]
    rating_text: NotRequired[str | None]
    clock: NotRequired[SupportClock | None]


class SupportRequestPage(Page):
    items: list[SupportRequest]


class Target(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    indicator_id: str
    action_id: str | None
    centre_id: str | None
    period_id: str
    value: str | None
    code: str | None
    breakdown: list[TargetPart]
    comment: str | None


class TargetPage(Page):
    items: list[Target]


class Task(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    titles: dict[str, str]
    text: dict[str, str]
    due: str
    priority: str
    completed_by: NotRequired[str | None]
    completed_on: str | None
    verified_on: str | None
    owner: Owner | None
    about: About | None
    overdue: bool


class TaskComment(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    task_id: str
    text: str


class TaskCommentPage(Page):
    items: list[TaskComment]


class TaskPage(Page):
    items: list[Task]


class ValidationRule(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    code: str
    framework: str | None
    titles: dict[str, str]
    instruction: dict[str, str]
    severity: str
    left: RuleSide
    operator: str
    right: RuleSide
    missing: str
    tolerance: str | None


class ValidationRulePage(Page):
    items: list[ValidationRule]


Comment = TypedDict("Comment", {"status": "str", "visibility": "Literal[\"public\", \"network\", \"restricted\"]", "edition_id": "str", "contribution_id": "str", "round_id": "str", "number": "int", "chapter": "str", "on_version": "int", "quote": "str | None", "kind": "str", "text": "str", "government": "str | None", "decision": "str | None", "answer": "str | None", "answered_in": "int | None", "commenter": "str | None", "answerer": "str | None", "was_reopened": "bool", "round": "int", "from": "int", "to": "int"})


CommentCreate = TypedDict("CommentCreate", {"round": "int | str", "from": "int", "to": "NotRequired[int | None]", "quote": "NotRequired[str | None]", "kind": "NotRequired[Literal[\"substance\", \"fact\", \"wording\"]]", "text": "str"})


HistoryLine = TypedDict("HistoryLine", {"version": "int", "at": "str", "by": "Actor", "action": "str", "reason": "str | None", "from": "str | None", "to": "str | None", "changes": "list[Change]", "request_id": "str", "erased": "NotRequired[bool | None]"})


SchemeCodesBody = list[SchemeCodeBody]


SchemeMapping = TypedDict("SchemeMapping", {"from": "Tag", "to": "Tag", "relation": "str", "source": "Document | None"})


SchemeMappingBody = TypedDict("SchemeMappingBody", {"from": "Tag", "to": "Tag", "relation": "Literal[\"exact\", \"close\", \"broad\", \"narrow\", \"related\"]", "source": "NotRequired[Document | None]"})


SchemeMappingsBody = list[SchemeMappingBody]


class ActionsService(Service):
    """The resources of actions."""

    actions: Collection[Action, ActionCreate, ActionPatch]
    assessments: Collection[Assessment, AssessmentCreate, AssessmentPatch]
    calendars: Collection[Calendar, CalendarCreate, dict[str, Any]]
    comments: Collection[Comment, dict[str, Any], dict[str, Any]]
    contributions: Collection[Contribution, ContributionCreate, ContributionPatch]
    correspondence: Collection[Correspondence, CorrespondenceCreate, CorrespondencePatch]
    countries: Collection[CountryAnswer, dict[str, Any], dict[str, Any]]
    delegations: Collection[Delegation, dict[str, Any], dict[str, Any]]
    editions: Collection[Edition, EditionCreate, EditionPatch]
    endorsements: Collection[Endorsement, EndorsementCreate, EndorsementPatch]
    evidence: Collection[Evidence, EvidenceCreate, EvidencePatch]
    exports: Collection[dict[str, Any], ExportCreate, dict[str, Any]]
    figures: Collection[EditionFigure, EditionFigureCreate, EditionFigurePatch]
    focal_points: Collection[FocalPoint, FocalPointCreate, FocalPointPatch]
    frameworks: Collection[Framework, FrameworkCreate, FrameworkPatch]
    government_bodies: Collection[GovernmentBody, GovernmentBodyCreate, GovernmentBodyPatch]
    imports: Collection[Import, Body_createActionsImport, dict[str, Any]]
    indicators: Collection[Indicator, IndicatorCreate, IndicatorPatch]
    jobs: Collection[Job, dict[str, Any], dict[str, Any]]
    links: Collection[dict[str, Any], LinkBody, dict[str, Any]]
    mappings: Collection[dict[str, Any], SchemeMappingBody, dict[str, Any]]
    meetings: Collection[Meeting, MeetingCreate, MeetingPatch]
    milestones: Collection[Milestone, MilestoneCreate, MilestonePatch]
    naming_consents: Collection[NamingConsent, NamingConsentCreate, dict[str, Any]]
    offers: Collection[Offer, dict[str, Any], dict[str, Any]]
    open_data: Collection[ListedDataset, dict[str, Any], dict[str, Any]]
    periods: Collection[Period, PeriodCreate, PeriodPatch]
    programmes: Collection[Programme, ProgrammeCreate, ProgrammePatch]
    report_comments: Collection[ReportComment, dict[str, Any], dict[str, Any]]
    report_templates: Collection[ProgressReportTemplate, ProgressReportTemplateCreate, ProgressReportTemplatePatch]
    reports: Collection[Report, ReportCreate, ReportPatch]
    results: Collection[Result, ResultCreate, ResultPatch]
    review_rounds: Collection[ReviewRound, dict[str, Any], ReviewRoundPatch]
    reviewers: Collection[ContributionReviewer, dict[str, Any], dict[str, Any]]
    schemes: Collection[Scheme, SchemeCreate, SchemePatch]
    statistics: Collection[dict[str, Any], dict[str, Any], dict[str, Any]]
    support_requests: Collection[SupportRequest, SupportRequestCreate, SupportRequestPatch]
    targets: Collection[Target, TargetCreate, TargetPatch]
    tasks: Collection[Task, TaskCreate, TaskPatch]
    timeline: Collection[TimelineItem, dict[str, Any], dict[str, Any]]
    validation_rules: Collection[ValidationRule, ValidationRuleCreate, ValidationRulePatch]
