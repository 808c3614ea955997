"""The records of each service whose documents name files of evidence, which all services look up.

A condition on a document is not leakproof, so that row-level security would keep it from an index. The views read as
`escm_search` and apply the reading policy themselves.
"""

from collections.abc import Iterator
from typing import NamedTuple

from migrations.rules import grant, index_beside_writers, role, run, setting

revision = "0037_core_documents"
down_revision = "0036_actions_evidence"


class _Kind(NamedTuple):
    """Records with documents. `scope` is the column that a grant over one record names. `documents` are columns, with
    the key of a document in a column, or `[]` for a list of documents. `searched` are columns that `escm_search` reads
    already. The address of a part begins with that of its `whole`."""

    resource: str
    table: str
    documents: str
    scope: str = "id"
    searched: str = ""
    whole: str = ""


_KINDS = {
    "member": (
        _Kind("membership.calls", "member_call", "decision", searched="id status"),
        _Kind("membership.consents", "member_consent", "proof.document", "expert_id", "expert_id"),
        _Kind("membership.nominations", "member_nomination", "documents[]", "expert_id", "id status expert_id"),
        _Kind("membership.supports", "member_support", "evidence", "expert_id", "id country status expert_id"),
        _Kind("membership.messages", "member_message", "attachments[]", "expert_id", "expert_id", "experts"),
    ),
    "centre": (
        _Kind("centres.committees", "centre_committee", "decision bylaws"),
        _Kind("centres.centres", "centre_centre", "terms_of_reference work_plan host_letter final_report evaluation"),
        _Kind("centres.terms", "centre_term", "terms_of_reference work_plan"),
        _Kind("centres.agreements", "centre_agreement", "document"),
        _Kind("centres.messages", "centre_message", "attachments[]", "centre_id", whole="centres"),
    ),
    "action": (
        _Kind("actions.actions", "action_action", "baseline.source"),
        _Kind("actions.milestones", "action_milestone", "evidence[]"),
        _Kind("actions.endorsements", "action_endorsement", "document"),
        _Kind("actions.focal_points", "action_focal_point", "letter"),
        _Kind("actions.correspondence", "action_correspondence", "document"),
    ),
}
_EVIDENCE = "SELECT id, ref, version, status, country, visibility, sha256"
_NAMED = "jsonb_build_array(jsonb_build_object('evidence_id', e.id))"


def upgrade() -> None:
    searcher = role("search")
    run(f"CREATE OR REPLACE VIEW action_published_evidence AS {_EVIDENCE}, scope_id FROM action_evidence")
    grant("action_published_evidence", "SELECT", "membership", "centres", "search")
    for prefix, kinds in _KINDS.items():
        view = f"{prefix}_published_document"
        for kind in kinds:
            run(f"CREATE POLICY {kind.table}_documents ON {kind.table} FOR SELECT TO {searcher} USING (true)")
            run(f"GRANT SELECT ({', '.join(_columns(kind))}) ON {kind.table} TO {searcher}")
        rows = " UNION ALL ".join(_rows(kind, path) for kind in kinds for path in kind.documents.split())
        run(f"CREATE VIEW {view} AS {rows}")
        grant(view, "SELECT", "actions")
        run(f"""
GRANT CREATE ON SCHEMA escm TO {searcher}
--;
ALTER VIEW {view} OWNER TO {searcher}
--;
REVOKE CREATE ON SCHEMA escm FROM {searcher}
""")
    for name, definition in _indexes():
        index_beside_writers(name, definition)


def downgrade() -> None:
    searcher = role("search")
    for name, _ in _indexes():
        run(f"DROP INDEX {name}")
    for prefix, kinds in _KINDS.items():
        run(f"DROP VIEW {prefix}_published_document")
        for kind in kinds:
            run(f"DROP POLICY {kind.table}_documents ON {kind.table}")
            run(f"REVOKE SELECT ({', '.join(_columns(kind))}) ON {kind.table} FROM {searcher}")
    run(f"""
DROP VIEW action_published_evidence
--;
CREATE VIEW action_published_evidence AS {_EVIDENCE} FROM action_evidence
""")
    grant("action_published_evidence", "SELECT", "actions")


def _columns(kind: _Kind) -> list[str]:
    """What `escm_search` reads in addition."""
    documents = [path.partition(".")[0].removesuffix("[]") for path in kind.documents.split()]
    is_message = ("audience",) if kind.whole else ()
    named = {"id", "ref", "country", "visibility", "status", kind.scope, *documents, *is_message}
    return sorted(named - set(kind.searched.split()))


def _key(path: str) -> str:
    """The id of the file that a document names, as text."""
    column, _, key = path.partition(".")
    return f"{column} -> '{key}' ->> 'evidence_id'" if key else f"{column} ->> 'evidence_id'"


def _rows(kind: _Kind, path: str) -> str:
    """The records that name a file in one document, or in one list of documents, within the reading policy."""
    service, plural = kind.resource.split(".")
    link = f"'/{service}/v1/{plural}/' || r.id"
    if kind.whole:
        link = f"'/{service}/v1/{kind.whole}/' || r.{kind.scope} || '/{plural}/' || r.id"
    conditions = f"""
    (r.visibility = ANY({setting("visibilities")}) OR r.country = ANY({setting("countries")})
        OR r.{kind.scope}::text = ANY({setting("records")}))"""
    if kind.whole:
        conditions += " AND r.audience = 'file'"
    if path.endswith("[]"):
        key = "e.id"
        source = f"action_published_evidence e JOIN {kind.table} r ON r.{path.removesuffix('[]')} @> {_NAMED}"
    else:
        key, source = f"(r.{_key(path)})::uuid", f"{kind.table} r"
        conditions += f" AND r.{_key(path)} IS NOT NULL"
    return f"""
SELECT {key} AS evidence_id, '{kind.resource}' AS resource, r.id AS record_id, r.ref, r.country, r.visibility, r.status,
    r.{kind.scope} AS scope_id, {link} AS link
FROM {source} WHERE {conditions}"""


def _indexes() -> Iterator[tuple[str, str]]:
    for kinds in _KINDS.values():
        for kind in kinds:
            for path in kind.documents.split():
                name = f"{kind.table}_{path.replace('.', '_').removesuffix('[]')}_evidence_idx"
                if path.endswith("[]"):
                    yield (
                        name,
                        f"{kind.table} USING gin ({path.removesuffix('[]')} jsonb_path_ops) WITH (fastupdate = off)",
                    )
                else:
                    yield name, f"{kind.table} ((({_key(path)})::uuid)) WHERE {_key(path)} IS NOT NULL"
