"""The permission that each operation of the contract requires: by its form, or by name if the form does not show it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from deploy.matrix.contract import described_operations
from deploy.matrix.demands import Ask, Demand
from shared.web.contract.operation_ids import operation_id
from shared.web.contract.sharing import opened


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the contract. `is_open`: it needs no token. `queries` are its query parameters. `note` names the
    use of the operation if that has rules of its own."""

    id: str
    service: str
    method: str
    path: str
    is_open: bool
    demand: Demand
    resource: str
    queries: frozenset[str]
    note: str = ""


_UNDER_EXPERT = Demand(Ask.ENTER_UNDER, "create", under="experts")
_BY_NAME: Mapping[str, Demand] = {
    **dict.fromkeys(("createExpert", "createInstitution"), Demand(Ask.APPLY, "create")),
    **dict.fromkeys(("listExpertAffiliations", "getExpertAffiliation"), Demand(Ask.SEE)),
    **dict.fromkeys(("createExpertAffiliation", "updateExpertAffiliation"), Demand(Ask.DO, "update")),
    "getExpertAffiliationTransitions": Demand(Ask.SEE),
    "transitionExpertAffiliation": Demand(Ask.DO, "update"),
    **dict.fromkeys(("createCertificate", "createParticipation", "createSupport"), _UNDER_EXPERT),
    **dict.fromkeys(
        ("listSchemeCodes", "listSchemeStates", "listSchemeMappings", "getSchemeCoverage"), Demand(Ask.SEE)
    ),
    **dict.fromkeys(("storeSchemeCodes", "recordSchemeStates", "storeSchemeMappings"), Demand(Ask.DO, "update")),
    "storeMapping": Demand(Ask.ENTER, "update", "schemes"),
    **dict.fromkeys(("countInitiative", "listInitiativeSupporters", "signInitiative"), Demand(Ask.SEE)),
    **{
        f"{verb}{file}Message{end}": Demand(Ask.DO, permission, "messages")
        for file in ("Expert", "Centre")
        for verb, end, permission in (("list", "s", "read"), ("get", "", "read"), ("create", "", "create"))
    },
    "createAssessment": Demand(Ask.ENTER_PART, "create"),
    "createFigure": Demand(Ask.ENTER_PART, "create", under="editions"),
    "compareAssessments": Demand(Ask.SIGNED_IN),
    **dict.fromkeys(("listTaskComments", "getTaskComment"), Demand(Ask.SEE)),
    "createTaskComment": Demand(Ask.DO, "create", "task_comments"),
    "createCalendar": Demand(Ask.SIGNED_IN),
    "endCalendar": Demand(Ask.DO, "end"),
    "getCalendarFeed": Demand(Ask.NOTHING),
    "createContribution": Demand(Ask.PROPOSE, "create", "editions"),
    "getEditionProgress": Demand(Ask.DO, "read"),
    "createEditionBuild": Demand(Ask.DO, "create", "builds"),
    **dict.fromkeys(("listEditionBuilds", "getEditionBuildFile"), Demand(Ask.DO, "read", "builds")),
    "createContributionVersion": Demand(Ask.DO, "update"),
    **dict.fromkeys(("listNamingConsents", "createNamingConsent", "withdrawNamingConsent"), Demand(Ask.PERSON)),
    "createContributionErratum": Demand(Ask.DO, "create", "errata"),
    **dict.fromkeys(("listContributionErrata", "listEditionErrata", "getContributionErratum"), Demand(Ask.SEE)),
    **dict.fromkeys(("listContributionVersions", "getContributionVersion", "getFigureData"), Demand(Ask.SEE)),
    "getContributionVersionImage": Demand(Ask.SEE),
    **dict.fromkeys(
        (
            *("listEditionReviewRounds", "listReviewersOfContribution"),
            *("listContributionComments", "listEditionComments"),
        ),
        Demand(Ask.SEE),
    ),
    "createReviewRound": Demand(Ask.DO, "create", "review_rounds"),
    "createContributionReviewer": Demand(Ask.DO, "create", "reviewers"),
    "createComment": Demand(Ask.DO, "create", "comments"),
    "createNomination": Demand(Ask.ONESELF, "read", "calls"),
    "getCallRanking": Demand(Ask.DO, "read", "scores"),
    "getCallResults": Demand(Ask.SEE),
    **dict.fromkeys(("listNominationScores", "getNominationScore"), Demand(Ask.DO, "read", "scores")),
    **dict.fromkeys(("createNominationScore", "updateNominationScore"), Demand(Ask.PANEL)),
    **dict.fromkeys(("listEvaluationScores", "getEvaluationScore"), Demand(Ask.DO, "read", "evaluation_scores")),
    **dict.fromkeys(("createEvaluationScore", "updateEvaluationScore"), Demand(Ask.PANEL)),
    **dict.fromkeys(("dryRunBroadcast", "listBroadcastRecipients"), Demand(Ask.SEE)),
    "reportBounce": Demand(Ask.SENT, "report", "outreach"),
    "createMerge": Demand(Ask.BOTH, "update", "experts"),
    "createInitiative": Demand(Ask.ANYWHERE, "create"),
    "createImport": Demand(Ask.ANYWHERE, "import", "experts"),
    "createCentresImport": Demand(Ask.ANYWHERE, "import", "annual_reports"),
    "createActionsImport": Demand(Ask.ANYWHERE, "import", "results"),
    "getResultTemplate": Demand(Ask.ENTER, "import"),
    "bulkIssueCertificates": Demand(Ask.ANYWHERE, "create", "certificates"),
    "bulkTransitionExperts": Demand(Ask.ANYWHERE, "start_review", "experts"),
    "bulkTransitionSupports": Demand(Ask.ANYWHERE, "verify", "supports"),
    "bulkTransitionResults": Demand(Ask.ANYWHERE, "submit", "results"),
    "validateResults": Demand(Ask.SIGNED_IN),
    "exportExpertSubject": Demand(Ask.DO, "subject_export"),
    "requestExpertErasure": Demand(Ask.DO, "erase"),
    "previewRetentionRule": Demand(Ask.SEE),
    "getProcessingRecord": Demand(Ask.ENTER, "read"),
    **dict.fromkeys(
        ("beginExpertOrcidLink", "completeExpertOrcidLink", "importExpertOrcid"), Demand(Ask.SELF, "orcid_link")
    ),
    **dict.fromkeys(("createExport", "createCentresExport", "createActionsExport"), Demand(Ask.SIGNED_IN)),
    **dict.fromkeys(("createLink", "createCentresLink", "createActionsLink"), Demand(Ask.SIGNED_IN)),
    "getCentreChecklist": Demand(Ask.DO, "read"),
    "listCentreStages": Demand(Ask.DO, "read", "stages"),
    "getCentreProfile": Demand(Ask.SEE),
    **dict.fromkeys(("updateCentreProfile", "confirmCentreProfile"), Demand(Ask.DO, "update", "profiles")),
    "listCentreReviewers": Demand(Ask.SEE),
    "createCentreReviewer": Demand(Ask.DO, "create", "reviewers"),
    "listCentreReviews": Demand(Ask.DO, "read", "reviews"),
    "getCentreReview": Demand(Ask.ANOTHERS, "read", "reviews"),
    "createCentreReview": Demand(Ask.DO, "record", "reviews"),
    "updateCentreReview": Demand(Ask.ANOTHERS, "record", "reviews"),
    "listSupportRequestOffers": Demand(Ask.SEE),
    "createOffer": Demand(Ask.DO, "create", "offers"),
    "getSupportRequestOffer": Demand(Ask.PART, "read", "offers"),
    "transitionSupportRequestOffer": Demand(Ask.STEP_PART, "", "offers"),
    "listSupportRequestMatches": Demand(Ask.DO, "create", "offers"),
    "listExpectedReports": Demand(Ask.SIGNED_IN),
    **dict.fromkeys(
        (
            "getReportSection",
            "getReportSectionItem",
            "listDelegationsOfReport",
            "listCommentsOfReport",
            "orderReportPdf",
        ),
        Demand(Ask.SEE),
    ),
    **dict.fromkeys(("updateReportSection", "updateReportSectionItem"), Demand(Ask.DO, "update", "report_sections")),
    **{
        f"{verb}OfReport": Demand(ask, permission, resource)
        for part, resource in (("Delegation", "delegations"), ("Comment", "report_comments"))
        for verb, ask, permission in ((f"get{part}", Ask.PART, "read"), (f"transition{part}", Ask.STEP_PART, ""))
    },
    "createDelegation": Demand(Ask.DO, "create", "delegations"),
    "createReportComment": Demand(Ask.DO, "create", "report_comments"),
    "addClientSecret": Demand(Ask.CREDENTIAL, "update"),
    "removeClientSecret": Demand(Ask.DO, "update"),
    **dict.fromkeys(("listClientDeprecations", "listClientUsage"), Demand(Ask.SEE)),
    **dict.fromkeys(("createSampleEvent", "resetSandbox"), Demand(Ask.SANDBOX)),
    **dict.fromkeys(("createGrant", "createClient"), Demand(Ask.HAND_ON, "create")),
    "createAccount": Demand(Ask.OFFICIAL, "create"),
    "createApiKey": Demand(Ask.FOR_ONESELF, "create"),
    "createWebhook": Demand(Ask.NO_KEY, "create"),
    "removeFactor": Demand(Ask.OWNER, "remove"),
    **dict.fromkeys(("endWebhook", "replayWebhook"), Demand(Ask.DO, "update")),
    **dict.fromkeys(("listWebhookDeliveries", "getWebhookStatistics"), Demand(Ask.SEE)),
    "getEventPosition": Demand(Ask.SIGNED_IN),
    "searchDuplicates": Demand(Ask.ANYWHERE, "search", "duplicates"),
    **dict.fromkeys(("endSessions", "changeOwnPassword", "changeOwnEmail"), Demand(Ask.SIGNED_IN)),
    **dict.fromkeys(("claimExpert", "confirmOwnEmail"), Demand(Ask.MAILED)),
    **dict.fromkeys(("getOwnAccount", "updateOwnAccount", "transitionOwnAccount"), Demand(Ask.PERSON)),
    **dict.fromkeys(("listNotifications", "readAllNotifications", "createFactor"), Demand(Ask.PERSON)),
    "readNotification": Demand(Ask.NOTIFIED),
    **dict.fromkeys(("endSession", "endAuthorization", "unlinkIdentity"), Demand(Ask.OWNER, "end")),
    "listAudit": Demand(Ask.ANYWHERE, "read"),
    **dict.fromkeys(("copyIndicator", "reviseResult"), Demand(Ask.DO, "create")),
    "listPeriodExtensions": Demand(Ask.SEE),
    "createPeriodExtension": Demand(Ask.ENTER, "create", "extensions"),
    **dict.fromkeys(("getFrameworkByCode", "getFigureImage", "verifyFigure"), Demand(Ask.SEE)),
    **dict.fromkeys(("getEditionCitation", "getContributionCitation"), Demand(Ask.SEE)),
    "getCountry": Demand(Ask.NOTHING),
    **dict.fromkeys(("getProblem", "listVocabularies", "getVocabulary"), Demand(Ask.NOTHING)),
    **dict.fromkeys(
        (
            *(operation_id(service, "getDataset", first="actions") for service in ("actions", "centres", "membership")),
            "getPublicDocument",
            "getCountryProfile",
            "getCountryProfilePdf",
            "getReportPdf",
            "getIatiActivity",
        ),
        Demand(Ask.NOTHING),
    ),
    **dict.fromkeys(("getCertificatePdf", "getEvidenceContent", "getEvidenceDownloadUrl"), Demand(Ask.SEE)),
    **dict.fromkeys(
        ("verifyCertificate", "getCertificateStatusList", "getCertificateFile", "getEvidenceFile"), Demand(Ask.NOTHING)
    ),
    "getCertificateCredential": Demand(Ask.SEE),
    **{
        operation_id(service, name): Demand(Ask.STARTER)
        for service in ("membership", "centres", "actions")
        for name in (
            "getImport",
            "getImportTransitions",
            "transitionImport",
            "getImportFailures",
            "listImportKept",
            "getExportFile",
            "getJob",
            "cancelJob",
            "getJobEvents",
        )
    },
    **{operation_id("access", name): Demand(Ask.STARTER) for name in ("getJob", "cancelJob", "getJobEvents")},
}
_NOTED: Mapping[str, tuple[str, str, Demand]] = {
    "createGrant": ("delegateGrant", "with `delegated_from`", Demand(Ask.DELEGATE, "create")),
    "transitionGrant": ("handOverGrant", "`hand_over`", Demand(Ask.HAND_OVER, "hand_over")),
}
"""Uses of an operation with rules of their own: name, note and condition, by the operation."""
_ENTERING = Demand(Ask.ENTER, "create")
_FORMS: Mapping[tuple[str, str], Demand] = {
    ("GET", ""): Demand(Ask.SIGNED_IN),
    ("POST", ""): _ENTERING,
    ("GET", "{record}"): Demand(Ask.SEE),
    ("GET", "{record}/transitions"): Demand(Ask.SEE),
    ("GET", "{record}/history"): Demand(Ask.DO, "history"),
    ("PATCH", "{record}"): Demand(Ask.DO, "update"),
    ("POST", "{record}/transitions"): Demand(Ask.STEP),
    ("GET", "{record}/transitions/pending"): Demand(Ask.DO, "history"),
    ("GET", "{record}/transitions/pending/{pending_id}"): Demand(Ask.DO, "history"),
    ("POST", "{record}/transitions/pending/{pending_id}"): Demand(Ask.STEP),
}


@cache
def operations() -> Sequence[Operation]:
    """Every operation of every service. Raises ValueError for one whose condition neither form nor name determines."""
    return tuple(_operations())


def _operations() -> Iterator[Operation]:
    for service, path, method, described, document in described_operations().values():
        found = _operation(service, method.upper(), path, described, document)
        yield found
        if found.id in _NOTED:
            name, note, demand = _NOTED[found.id]
            yield replace(found, id=name, note=note, demand=demand)


def _operation(
    service: str, method: str, path: str, described: Mapping[str, Any], document: Mapping[str, Any]
) -> Operation:
    name = described["operationId"]
    security = described.get("security", document.get("security"))
    is_open = not security or {} in security
    tail = path.removeprefix(f"/{service}/v1/").partition("/")[2]
    demand = _BY_NAME.get(name) or _by_form(method, tail, is_open=is_open)
    if demand is _ENTERING and (under := _under(described, document)):
        demand = Demand(Ask.ENTER_UNDER, "create", under=under)
    if demand is None:
        raise ValueError(f"say in deploy/matrix/operations.py what {name} ({method} {path}) requires of its caller")
    parts = path.split("/")
    resource = demand.resource or (parts[3] if len(parts) > 3 else "")
    parameters = (opened(document, parameter) for parameter in described.get("parameters", ()))
    queries = frozenset(parameter["name"] for parameter in parameters if parameter["in"] == "query")
    return Operation(name, service, method, path, is_open, demand, resource, queries)


def _by_form(method: str, tail: str, *, is_open: bool) -> Demand | None:
    """By the method and the path after the collection's name. An open operation without a record has no condition."""
    if is_open and "{" not in tail:
        return Demand(Ask.NOTHING)
    return _FORMS.get((method, tail))


def _under(described: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """The kind of the record that a body must name first, and whose country a new record has; empty if the body has a
    country of its own."""
    content = opened(document, described.get("requestBody", {})).get("content", {}).get("application/json", {})
    body = document["components"]["schemas"].get(content.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
    required = [body["properties"][name] for name in body.get("required", ())]
    named = [field["x-escm-reference"] for field in required if "x-escm-reference" in field]
    return named[0].rpartition("/")[2] if named and "country" not in body["properties"] else ""
