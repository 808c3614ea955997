"""Bodies, responses and resources of centres. Written by `clients.python.generate` from the contract."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from ..resources import Collection, Service

class Actor(TypedDict):
    kind: str
    id: str | None
    name: str | None


class AgreementCreate(TypedDict):
    centre_id: str
    effective: NotRequired[str | None]
    expires: NotRequired[str | None]
    document: NotRequired[Document | None]
    amends_id: NotRequired[str | None]
    kind: Literal["host", "mou", "tripartite"]
    parties: list[AgreementParty]


class AgreementFields(TypedDict):
    party: NotRequired[str | None]
    signatory: NotRequired[str | None]
    signed_at: NotRequired[str | None]
    document: NotRequired[Document | None]


class AgreementParty(TypedDict):
    name: str
    institution_id: NotRequired[str | None]
    side: NotRequired[Literal["secretariat", "institution", "other"] | None]
    signatory: NotRequired[str | None]
    signed_at: NotRequired[str | None]


class AgreementPatch(TypedDict):
    centre_id: NotRequired[str | None]
    effective: NotRequired[str | None]
    expires: NotRequired[str | None]
    document: NotRequired[DocumentPatch | None]
    amends_id: NotRequired[str | None]
    kind: NotRequired[Literal["host", "mou", "tripartite"] | None]
    parties: NotRequired[list[AgreementParty] | None]


class AgreementTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[AgreementFields]


class AllowedAction(TypedDict):
    action: str
    to: str
    allowed: bool
    reason: str | None


class Amendment(TypedDict):
    id: str
    ref: str
    status: str
    effective: str | None
    expires: str | None


class AnnualReportCreate(TypedDict):
    centre_id: str
    year: int
    due: str
    visibility: NotRequired[Literal["public", "network", "restricted"]]


class AnnualReportFields(TypedDict):
    confirm_prefilled: NotRequired[bool | None]
    comments: NotRequired[dict[str, Any] | None]


class AnnualReportPatch(TypedDict):
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]
    answers: NotRequired[dict[str, Any] | None]
    figures: NotRequired[dict[str, Any] | None]
    documents: NotRequired[list[Document] | None]


class AnnualReportTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[AnnualReportFields]


class Body_createCentresImport(TypedDict):
    file: str
    resource: str
    mode: NotRequired[Literal["commit", "dry_run"]]
    on_error: NotRequired[Literal["skip", "abort"]]
    mapping: NotRequired[str | None]
    source: NotRequired[str | None]
    licence: NotRequired[str | None]
    registry: NotRequired[bool]


class CentreCondition(TypedDict):
    text: str
    due: NotRequired[str | None]
    met_on: NotRequired[str | None]


class CentreCreate(TypedDict):
    names: dict[str, str]
    host_institution_id: str
    unit: NotRequired[str | None]
    committee_id: NotRequired[str | None]
    director_id: NotRequired[str | None]
    themes: NotRequired[list[str]]
    terms_of_reference: NotRequired[Document | None]
    work_plan: NotRequired[Document | None]
    host_letter: NotRequired[Document | None]
    address: NotRequired[str | None]
    position: NotRequired[Position | None]
    country: str
    application_answers: NotRequired[dict[str, Any]]
    visibility: NotRequired[Literal["public", "network", "restricted"]]


class CentreFields(TypedDict):
    starts: NotRequired[str | None]
    ends: NotRequired[str | None]
    waiver: NotRequired[DesignationWaiver | None]
    final_report: NotRequired[Document | None]
    evaluation: NotRequired[Document | None]
    conditions: NotRequired[list[CentreCondition] | None]
    decision: NotRequired[Document | None]
    decision_id: NotRequired[str | None]
    officer: NotRequired[str | None]
    names: NotRequired[dict[str, str] | None]
    unit: NotRequired[str | None]
    director_id: NotRequired[str | None]
    host_institution_id: NotRequired[str | None]
    address: NotRequired[str | None]
    position: NotRequired[Position | None]
    effective: NotRequired[str | None]
    document: NotRequired[Document | None]
    review_by: NotRequired[str | None]
    cause: NotRequired[Literal["host_withdrew", "mutual", "breach", "merged"] | None]
    successor_id: NotRequired[str | None]
    public_note: NotRequired[str | None]


class CentreMessageCreate(TypedDict):
    text: str
    audience: NotRequired[Literal["file", "internal"]]
    attachments: NotRequired[list[Document]]


class CentrePatch(TypedDict):
    names: NotRequired[dict[str, str | None] | None]
    host_institution_id: NotRequired[str | None]
    unit: NotRequired[str | None]
    committee_id: NotRequired[str | None]
    director_id: NotRequired[str | None]
    themes: NotRequired[list[str] | None]
    terms_of_reference: NotRequired[DocumentPatch | None]
    work_plan: NotRequired[DocumentPatch | None]
    host_letter: NotRequired[DocumentPatch | None]
    address: NotRequired[str | None]
    position: NotRequired[PositionPatch | None]
    country: NotRequired[str | None]
    application_answers: NotRequired[dict[str, Any] | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]


class CentreService(TypedDict):
    titles: dict[str, str]
    audience: NotRequired[str | None]


class CentreStatistics(TypedDict):
    items: list[FigureItem | StageDuration]
    as_of: str
    definition: str
    total: FigureNumbers | None


class CentreTerm(TypedDict):
    number: int
    starts: str
    ends: str


class CentreTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[CentreFields]


class CentreWorkItem(TypedDict):
    kind: str
    id: str
    ref: str
    country: str
    link: str
    titles: dict[str, str]
    action: str
    due: str | None
    light: Literal["green", "yellow", "red"] | None


class CentreWorkList(TypedDict):
    items: list[CentreWorkItem]
    next: str | None


class Change(TypedDict):
    pointer: str
    before: NotRequired[Any]
    after: NotRequired[Any]


class Checklist(TypedDict):
    items: list[ChecklistItem]
    met: int
    total: int
    missing: list[str]


class ChecklistItem(TypedDict):
    key: str
    titles: dict[str, str]
    met: bool
    link: str
    needed_for: Literal["submit", "recommend", "designate", "submit_renewal", "renew"]
    reason: str | None


class Choice(TypedDict):
    code: str
    titles: dict[str, str]


class Clock(TypedDict):
    stage: str
    holder: str
    since: str
    target: str | None
    paused_since: str | None
    spent: dict[str, int]
    overdue: bool


class CommitteeCreate(TypedDict):
    names: dict[str, str]
    host_institution_id: NotRequired[str | None]
    decision: NotRequired[Document | None]
    decision_id: NotRequired[str | None]
    bylaws: NotRequired[Document | None]
    country: str
    partner_institution_ids: NotRequired[list[str]]
    quorum: NotRequired[int | None]
    rotation: NotRequired[CommitteeRotation | None]
    visibility: NotRequired[Literal["public", "network", "restricted"]]


class CommitteeDecisionCreate(TypedDict):
    meeting_id: str
    titles: dict[str, str]
    text: NotRequired[str | None]
    votes: NotRequired[DecisionVotes]
    recused: NotRequired[list[str]]
    about: NotRequired[list[DecisionSubject]]


class CommitteeDecisionPatch(TypedDict):
    meeting_id: NotRequired[str | None]
    titles: NotRequired[dict[str, str | None] | None]
    text: NotRequired[str | None]
    votes: NotRequired[DecisionVotesPatch | None]
    recused: NotRequired[list[str] | None]
    about: NotRequired[list[DecisionSubject] | None]


class CommitteeFields(TypedDict):
    decision_id: NotRequired[str | None]


class CommitteeMeetingCreate(TypedDict):
    committee_id: str
    starts: str
    titles: NotRequired[dict[str, str]]
    minutes: NotRequired[Document | None]
    kind: Literal["online", "onsite", "hybrid"]
    present: NotRequired[list[str]]
    apologies: NotRequired[list[str]]


class CommitteeMeetingPatch(TypedDict):
    committee_id: NotRequired[str | None]
    starts: NotRequired[str | None]
    titles: NotRequired[dict[str, str | None] | None]
    minutes: NotRequired[DocumentPatch | None]
    kind: NotRequired[Literal["online", "onsite", "hybrid"] | None]
    present: NotRequired[list[str] | None]
    apologies: NotRequired[list[str] | None]


class CommitteeMeetingTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class CommitteePatch(TypedDict):
    names: NotRequired[dict[str, str | None] | None]
    host_institution_id: NotRequired[str | None]
    decision: NotRequired[DocumentPatch | None]
    decision_id: NotRequired[str | None]
    bylaws: NotRequired[DocumentPatch | None]
    country: NotRequired[str | None]
    partner_institution_ids: NotRequired[list[str] | None]
    quorum: NotRequired[int | None]
    rotation: NotRequired[CommitteeRotationPatch | None]
    visibility: NotRequired[Literal["public", "network", "restricted"] | None]


class CommitteeRotation(TypedDict):
    years: int
    terms: int


class CommitteeRotationPatch(TypedDict):
    years: NotRequired[int | None]
    terms: NotRequired[int | None]


class CommitteeTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[CommitteeFields]


class Completeness(TypedDict):
    answered: int
    required: int


class Confirmer(TypedDict):
    id: str
    name: str


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


class DecidedInvitation(TypedDict):
    ref: str
    status: str
    centre_names: dict[str, str]
    due: str


class DecisionBody(TypedDict):
    decision: Literal["confirm", "decline", "withdraw"]
    reason: NotRequired[str | None]


class DecisionSubject(TypedDict):
    kind: Literal["actions", "centres", "committees", "institutions", "networks"]
    id: str


class DecisionTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class DesignationWaiver(TypedDict):
    reason: str
    second_person: NotRequired[str | None]


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


class EvaluationCreate(TypedDict):
    centre_id: str
    starts: NotRequired[str | None]
    ends: NotRequired[str | None]
    visit: NotRequired[str | None]
    report: NotRequired[Document | None]
    kind: Literal["mid_term", "renewal", "special"]
    panel: NotRequired[list[EvaluationMember]]
    criteria: NotRequired[list[EvaluationCriterion]]
    recommendation: NotRequired[Literal["renew", "renew_with_conditions", "not_renew"] | None]
    conditions: NotRequired[list[CentreCondition]]


class EvaluationCriterion(TypedDict):
    key: str
    titles: dict[str, str]
    weight: NotRequired[float]


class EvaluationFields(TypedDict):
    number: NotRequired[int | None]
    met_on: NotRequired[str | None]
    report: NotRequired[Document | None]
    recommendation: NotRequired[Literal["renew", "renew_with_conditions", "not_renew"] | None]
    conditions: NotRequired[list[CentreCondition] | None]


class EvaluationMember(TypedDict):
    expert_id: str
    office: NotRequired[Literal["chair", "member"]]


class EvaluationPatch(TypedDict):
    centre_id: NotRequired[str | None]
    starts: NotRequired[str | None]
    ends: NotRequired[str | None]
    visit: NotRequired[str | None]
    report: NotRequired[DocumentPatch | None]
    kind: NotRequired[Literal["mid_term", "renewal", "special"] | None]
    panel: NotRequired[list[EvaluationMember] | None]
    criteria: NotRequired[list[EvaluationCriterion] | None]
    recommendation: NotRequired[Literal["renew", "renew_with_conditions", "not_renew"] | None]
    conditions: NotRequired[list[CentreCondition] | None]


class EvaluationScoreCreate(TypedDict):
    comment: NotRequired[str | None]
    conflict_of_interest: NotRequired[bool]
    scores: NotRequired[dict[str, Any]]
    recommendation: NotRequired[Literal["renew", "renew_with_conditions", "not_renew"] | None]


class EvaluationScorePatch(TypedDict):
    comment: NotRequired[str | None]
    conflict_of_interest: NotRequired[bool | None]
    scores: NotRequired[dict[str, Any] | None]
    recommendation: NotRequired[Literal["renew", "renew_with_conditions", "not_renew"] | None]


class EvaluationTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[EvaluationFields]


class ExportCreate(TypedDict):
    resource: str
    format: NotRequired[Literal["csv", "ndjson", "xlsx"]]
    filters: NotRequired[dict[str, str | list[str]]]
    fields: NotRequired[list[str]]
    safe: NotRequired[bool | None]


class Facility(TypedDict):
    titles: dict[str, str]
    description: NotRequired[str | None]


class FieldProblem(TypedDict):
    code: str
    detail: str
    pointer: NotRequired[str | None]
    parameter: NotRequired[str | None]


class FigureItem(TypedDict):
    value: str | None
    reported: int
    expected: int
    country: NotRequired[str | None]
    region: NotRequired[str | None]
    year: NotRequired[int | None]


class FigureNumbers(TypedDict):
    value: str | None
    reported: int
    expected: int


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


class InvitationDecision(TypedDict):
    token: str
    decision: Literal["accept", "decline"]
    conflict_of_interest: NotRequired[bool]
    conflict: NotRequired[str | None]
    reason: NotRequired[str | None]


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


class MetCondition(TypedDict):
    number: NotRequired[int | None]
    met_on: NotRequired[str | None]


class NetworkCreate(TypedDict):
    titles: dict[str, str]
    themes: NotRequired[list[str]]
    coordinator_id: NotRequired[str | None]
    code: str


class NetworkPatch(TypedDict):
    titles: NotRequired[dict[str, str | None] | None]
    themes: NotRequired[list[str] | None]
    coordinator_id: NotRequired[str | None]


class NetworkTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class NoFields(TypedDict):
    pass


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


class Page(TypedDict):
    next: str | None
    total_estimate: NotRequired[int | None]
    permitted: NotRequired[list[str] | None]


class Partner(TypedDict):
    centre_id: NotRequired[str | None]
    institution_id: NotRequired[str | None]
    network_id: NotRequired[str | None]


class PartnerPatch(TypedDict):
    centre_id: NotRequired[str | None]
    institution_id: NotRequired[str | None]
    network_id: NotRequired[str | None]


class PartnershipTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class PassedStage(TypedDict):
    stage: str
    holder: str | None
    entered: str
    left: str | None
    days: int
    target: str | None
    reason: str | None


class PendingChange(TypedDict):
    names: NotRequired[dict[str, str] | None]
    unit: NotRequired[str | None]
    director_id: NotRequired[str | None]
    host_institution_id: NotRequired[str | None]
    address: NotRequired[str | None]
    position: NotRequired[Position | None]
    document: NotRequired[Document | None]
    effective: str
    public_note: NotRequired[str | None]


class PendingClosure(TypedDict):
    effective: str
    cause: str | None
    successor_id: str | None
    public_note: str | None


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


class Position(TypedDict):
    lat: float
    lon: float


class PositionPatch(TypedDict):
    lat: NotRequired[float | None]
    lon: NotRequired[float | None]


class Problem(TypedDict):
    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    request_id: str
    errors: NotRequired[list[FieldProblem] | None]


class Profile(TypedDict):
    version: int
    centre_id: str
    website: str | None
    established: int | None
    languages: list[str]
    staff: Staff | None
    facilities: list[Facility]
    equipment: list[Facility]
    services: list[CentreService]
    projects: list[Project]
    publications: list[Publication]
    confirmed_on: str | None
    stale: bool
    updated_at: str | None
    links: Links


class ProfilePatch(TypedDict):
    website: NotRequired[str | None]
    established: NotRequired[int | None]
    languages: NotRequired[list[str] | None]
    staff: NotRequired[StaffPatch | None]
    facilities: NotRequired[list[Facility] | None]
    equipment: NotRequired[list[Facility] | None]
    services: NotRequired[list[CentreService] | None]
    projects: NotRequired[list[Project] | None]
    publications: NotRequired[list[Publication] | None]


class Progress(TypedDict):
    done: int
    total: int | None


class Project(TypedDict):
    titles: dict[str, str]
    url: NotRequired[str | None]
    action_id: NotRequired[str | None]


class Proposer(TypedDict):
    kind: str
    id: str


class Publication(TypedDict):
    doi: NotRequired[str | None]
    url: NotRequired[str | None]
    title: str
    year: int


class Question(TypedDict):
    key: str
    titles: dict[str, str]
    type: Literal["text", "integer", "decimal", "boolean", "choice", "choices", "day", "document", "link"]
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


class Quorum(TypedDict):
    needed: int
    present: int
    met: bool


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


class Register(TypedDict):
    items: list[RegisteredCentre]
    next: str | None
    as_of: str
    definition: str
    disclaimer: str


class RegisteredCentre(TypedDict):
    id: str
    registration_number: str
    names: dict[str, str]
    country: str
    host: RegisteredHost
    unit: str | None
    director: RegisteredDirector | None
    status: str
    term: CentreTerm | None
    themes: list[str]
    position: Position | None
    website: str | None
    successor: RegisteredSuccessor | None


class RegisteredDirector(TypedDict):
    id: str
    name: str


class RegisteredHost(TypedDict):
    id: str
    name: str | None


class RegisteredSuccessor(TypedDict):
    id: str
    registration_number: str


class ReportPeriod(TypedDict):
    starts: str
    ends: str


class ReportTemplateCreate(TypedDict):
    titles: dict[str, str]
    sections: list[Section]
    kind: Literal["application", "annual_report", "final_report", "evaluation"]
    version: str


class ReportTemplatePatch(TypedDict):
    titles: NotRequired[dict[str, str | None] | None]
    sections: NotRequired[list[Section] | None]


class ReportTemplateTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[NoFields]


class ReviewCreate(TypedDict):
    reviewer_id: str
    scores: Scores
    recommendation: Literal["designate", "decline"]
    conflict_of_interest: NotRequired[bool]
    comment: NotRequired[str | None]


class ReviewPatch(TypedDict):
    reviewer_id: NotRequired[str | None]
    scores: NotRequired[ScoresPatch | None]
    recommendation: NotRequired[Literal["designate", "decline"] | None]
    conflict_of_interest: NotRequired[bool | None]
    comment: NotRequired[str | None]


class ReviewerCreate(TypedDict):
    expert_id: str
    due: str


class ReviewerFields(TypedDict):
    conflict_of_interest: NotRequired[bool | None]
    conflict: NotRequired[str | None]
    expert_id: NotRequired[str | None]
    due: NotRequired[str | None]


class ReviewerPatch(TypedDict):
    due: NotRequired[str | None]


class ReviewerTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[ReviewerFields]


class ScoreSummary(TypedDict):
    scored: int
    means: dict[str, float]
    mean: float | None
    recommendations: dict[str, int]


class Scores(TypedDict):
    relevance: int
    capacity: int
    governance: int
    plan: int


class ScoresPatch(TypedDict):
    relevance: NotRequired[int | None]
    capacity: NotRequired[int | None]
    governance: NotRequired[int | None]
    plan: NotRequired[int | None]


class SeatFields(TypedDict):
    to: NotRequired[str | None]


class SeatHolder(TypedDict):
    expert_id: NotRequired[str | None]
    name: NotRequired[str | None]


class SeatHolderPatch(TypedDict):
    expert_id: NotRequired[str | None]
    name: NotRequired[str | None]


class SeatTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[SeatFields]


class Section(TypedDict):
    key: str
    titles: dict[str, str]
    questions: list[Question]


class Staff(TypedDict):
    total: NotRequired[int | None]
    researchers: NotRequired[int | None]
    technical: NotRequired[int | None]
    women: NotRequired[int | None]


class StaffPatch(TypedDict):
    total: NotRequired[int | None]
    researchers: NotRequired[int | None]
    technical: NotRequired[int | None]
    women: NotRequired[int | None]


class StageDuration(TypedDict):
    stage: NotRequired[str | None]
    year: NotRequired[int | None]
    files: int
    median: float | None
    p90: float | None


class StoredWaiver(TypedDict):
    reason: str
    second_person: str | None
    by: str
    on: str


class TermTransition(TypedDict):
    action: str
    reason: NotRequired[str | None]
    fields: NotRequired[MetCondition]


class Transitions(TypedDict):
    status: str
    allowed_actions: list[OfferedAction]
    states: list[str]
    permitted: NotRequired[list[str]]


class Agreement(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    centre_id: str
    kind: str
    parties: list[AgreementParty]
    effective: str | None
    expires: str | None
    document: Document | None
    signed_copies: list[Document]
    amends_id: str | None
    amendments: NotRequired[list[Amendment] | None]


class AgreementPage(Page):
    items: list[Agreement]


class AnnualReport(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    centre_id: str
    kind: str
    term_id: str | None
    number: int | None
    year: int
    due: str
    template_id: str | None
    template_version: str | None
    documents: NotRequired[list[Document] | None]
    prefilled: NotRequired[list[str] | None]
    comments: NotRequired[dict[str, Any] | None]
    submitted_on: str | None
    accepted_on: str | None
    period: ReportPeriod
    light: str | None
    days_overdue: int
    answers: dict[str, Any]
    figures: dict[str, Any]
    completeness: NotRequired[Completeness | None]


class AnnualReportPage(Page):
    items: list[AnnualReport]


class Centre(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    names: dict[str, str]
    host_institution_id: str
    unit: str | None
    committee_id: str | None
    director_id: str | None
    themes: list[str]
    terms_of_reference: NotRequired[Document | None]
    work_plan: NotRequired[Document | None]
    host_letter: NotRequired[Document | None]
    application_answers: NotRequired[dict[str, Any] | None]
    address: str | None
    position: Position | None
    final_report: NotRequired[Document | None]
    evaluation: NotRequired[Document | None]
    registration_number: str | None
    designated_on: str | None
    public_note: str | None
    assignee: NotRequired[str | None]
    pending_change: NotRequired[PendingChange | None]
    pending_closure: NotRequired[PendingClosure | None]
    review_by: NotRequired[str | None]
    closure_cause: NotRequired[str | None]
    successor_id: str | None
    closed_on: str | None
    term: CentreTerm | None
    former: NotRequired[list[FormerValue] | None]
    clock: NotRequired[Clock | None]


class CentreMessage(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    text: str
    audience: str
    attachments: list[Document]
    centre_id: str


class CentreMessagePage(Page):
    items: list[CentreMessage]


class CentrePage(Page):
    items: list[Centre]


class Committee(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    names: dict[str, str]
    host_institution_id: str | None
    partner_institution_ids: list[str]
    decision: NotRequired[Document | None]
    decision_id: NotRequired[str | None]
    bylaws: NotRequired[Document | None]
    quorum: int | None
    rotation: CommitteeRotation | None
    formed_on: str | None
    recognised_on: str | None
    ended_on: str | None


class CommitteeDecision(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    meeting_id: str
    committee_id: str
    titles: dict[str, str]
    text: str | None
    votes: DecisionVotes
    recused: list[str]
    about: list[DecisionSubject]
    decided_on: str | None


class CommitteeDecisionPage(Page):
    items: list[CommitteeDecision]


class CommitteeMeeting(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    committee_id: str
    kind: str
    starts: str
    titles: dict[str, str]
    present: list[str]
    apologies: list[str]
    minutes: Document | None
    quorum: Quorum


class CommitteeMeetingPage(Page):
    items: list[CommitteeMeeting]


class CommitteePage(Page):
    items: list[Committee]


class DesignationTerm(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    centre_id: str
    number: int
    starts: str
    ends: str
    terms_of_reference: NotRequired[Document | None]
    work_plan: NotRequired[Document | None]
    decided_on: str
    endorsement_id: NotRequired[str | None]
    waiver: NotRequired[StoredWaiver | None]
    conditions: NotRequired[list[CentreCondition] | None]
    decision: NotRequired[Document | None]
    decision_id: NotRequired[str | None]
    consent_lapsed_on: NotRequired[str | None]
    suspension_proposed_on: NotRequired[str | None]
    ended_on: str | None


class DesignationTermPage(Page):
    items: list[DesignationTerm]


class Evaluation(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    centre_id: str
    kind: str
    panel: NotRequired[list[EvaluationMember] | None]
    criteria: list[EvaluationCriterion]
    starts: str | None
    ends: str | None
    visit: str | None
    report: NotRequired[Document | None]
    recommendation: NotRequired[str | None]
    conditions: NotRequired[list[CentreCondition] | None]
    completed_on: str | None
    response: str | None
    responded_on: str | None
    scores: NotRequired[ScoreSummary | None]


class EvaluationPage(Page):
    items: list[Evaluation]


class EvaluationScore(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    evaluation_id: str
    expert_id: str
    scores: dict[str, int]
    recommendation: str | None
    comment: str | None
    conflict_of_interest: bool


class EvaluationScorePage(Page):
    items: list[EvaluationScore]


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


class JobPage(Page):
    items: list[Job]


class KeptRecordPage(Page):
    items: list[KeptRecord]


class Network(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    code: str
    titles: dict[str, str]
    themes: list[str]
    coordinator_id: str | None


class NetworkPage(Page):
    items: list[Network]


class PartnershipPage(Page):
    items: list[Partnership]


class RegisterChangePage(Page):
    items: list[RegisterChange]


class ReportTemplate(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    kind: str
    template_version: str
    titles: dict[str, str]
    sections: list[Section]


class ReportTemplatePage(Page):
    items: list[ReportTemplate]


class Review(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    centre_id: str
    reviewer_id: str | None
    scores: Scores
    recommendation: str
    conflict_of_interest: bool
    comment: str | None


class ReviewPage(Page):
    items: list[Review]


class Reviewer(Record):
    status: str
    visibility: Literal["public", "network", "restricted"]
    centre_id: str
    centre_names: dict[str, str]
    expert_id: str
    due: str
    conflict_of_interest: bool | None
    conflict: str | None
    replaced_by: str | None


class ReviewerPage(Page):
    items: list[Reviewer]


class SeatPage(Page):
    items: list[Seat]


DecisionVotes = TypedDict("DecisionVotes", {"for": "NotRequired[int]", "against": "NotRequired[int]", "abstain": "NotRequired[int]"})


DecisionVotesPatch = TypedDict("DecisionVotesPatch", {"for": "NotRequired[int | None]", "against": "NotRequired[int | None]", "abstain": "NotRequired[int | None]"})


FormerValue = TypedDict("FormerValue", {"names": "NotRequired[dict[str, str] | None]", "unit": "NotRequired[str | None]", "director_id": "NotRequired[str | None]", "host_institution_id": "NotRequired[str | None]", "address": "NotRequired[str | None]", "position": "NotRequired[Position | None]", "document": "NotRequired[Document | None]", "from": "str", "to": "str"})


HistoryLine = TypedDict("HistoryLine", {"version": "int", "at": "str", "by": "Actor", "action": "str", "reason": "str | None", "from": "str | None", "to": "str | None", "changes": "list[Change]", "request_id": "str", "erased": "NotRequired[bool | None]"})


Partnership = TypedDict("Partnership", {"status": "str", "visibility": "Literal[\"public\", \"network\", \"restricted\"]", "centre_id": "str | None", "kind": "str", "agreement_id": "NotRequired[str | None]", "partner": "Partner | None", "from": "str | None", "to": "str | None"})


PartnershipCreate = TypedDict("PartnershipCreate", {"centre_id": "str", "partner": "Partner", "kind": "Literal[\"partner_centre\", \"satellite\", \"member\", \"data\"]", "agreement_id": "NotRequired[str | None]", "from": "NotRequired[str | None]", "to": "NotRequired[str | None]"})


PartnershipPatch = TypedDict("PartnershipPatch", {"centre_id": "NotRequired[str | None]", "partner": "NotRequired[PartnerPatch | None]", "kind": "NotRequired[Literal[\"partner_centre\", \"satellite\", \"member\", \"data\"] | None]", "agreement_id": "NotRequired[str | None]", "from": "NotRequired[str | None]", "to": "NotRequired[str | None]"})


RegisterChange = TypedDict("RegisterChange", {"on": "str", "registration_number": "str", "names": "dict[str, str]", "country": "str", "change": "str", "from": "str | RegisteredHost | RegisteredDirector | Position | dict[str, str] | None", "to": "str | RegisteredHost | RegisteredDirector | Position | dict[str, str] | None", "note": "str | None"})


Seat = TypedDict("Seat", {"status": "str", "visibility": "Literal[\"public\", \"network\", \"restricted\"]", "committee_id": "str", "office": "str", "reason": "NotRequired[str | None]", "term": "int", "rotation_due": "str | None", "person": "SeatHolder", "from": "str | None", "to": "str | None"})


SeatCreate = TypedDict("SeatCreate", {"committee_id": "str", "person": "SeatHolder", "office": "Literal[\"president\", \"vice_president\", \"secretary\", \"member\"]", "from": "NotRequired[str | None]", "to": "NotRequired[str | None]", "reason": "NotRequired[str | None]"})


SeatPatch = TypedDict("SeatPatch", {"committee_id": "NotRequired[str | None]", "person": "NotRequired[SeatHolderPatch | None]", "office": "NotRequired[Literal[\"president\", \"vice_president\", \"secretary\", \"member\"] | None]", "from": "NotRequired[str | None]", "to": "NotRequired[str | None]", "reason": "NotRequired[str | None]"})


class CentresService(Service):
    """The resources of centres."""

    agreements: Collection[Agreement, AgreementCreate, AgreementPatch]
    annual_reports: Collection[AnnualReport, AnnualReportCreate, AnnualReportPatch]
    centres: Collection[Centre, CentreCreate, CentrePatch]
    committee_meetings: Collection[CommitteeMeeting, CommitteeMeetingCreate, CommitteeMeetingPatch]
    committees: Collection[Committee, CommitteeCreate, CommitteePatch]
    decisions: Collection[CommitteeDecision, CommitteeDecisionCreate, CommitteeDecisionPatch]
    evaluations: Collection[Evaluation, EvaluationCreate, EvaluationPatch]
    exports: Collection[dict[str, Any], ExportCreate, dict[str, Any]]
    imports: Collection[Import, Body_createCentresImport, dict[str, Any]]
    jobs: Collection[Job, dict[str, Any], dict[str, Any]]
    links: Collection[dict[str, Any], LinkBody, dict[str, Any]]
    networks: Collection[Network, NetworkCreate, NetworkPatch]
    open_data: Collection[ListedDataset, dict[str, Any], dict[str, Any]]
    partnerships: Collection[Partnership, PartnershipCreate, PartnershipPatch]
    register: Collection[RegisteredCentre, dict[str, Any], dict[str, Any]]
    report_templates: Collection[ReportTemplate, ReportTemplateCreate, ReportTemplatePatch]
    reviewers: Collection[Reviewer, dict[str, Any], ReviewerPatch]
    seats: Collection[Seat, SeatCreate, SeatPatch]
    statistics: Collection[CentreStatistics, dict[str, Any], dict[str, Any]]
    terms: Collection[DesignationTerm, dict[str, Any], dict[str, Any]]
    work_list: Collection[CentreWorkItem, dict[str, Any], dict[str, Any]]
