"""What migrations say of the views that services publish of records whose documents name files of evidence.

A condition on a document is not leakproof, so that row-level security would keep it from an index. The views read as
`escm_search` and apply the reading policy themselves. Frozen like `migrations.rules`, once a migration that calls it is
released.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from migrations.rules import grant, role, run, setting

_NAMED = "jsonb_build_array(jsonb_build_object('evidence_id', e.id))"


class DocumentKind(NamedTuple):
    """Records with documents. `scope` is the column that a grant over one record names. `documents` are columns, with
    the key of a document in a column, or `[]` for a list of documents. `searched` are columns that `escm_search` reads
    already. The address of a part begins with that of its `whole`."""

    resource: str
    table: str
    documents: str
    scope: str = "id"
    searched: str = ""
    whole: str = ""


def open_documents(kind: DocumentKind) -> None:
    """Lets `escm_search` read the documents of a table."""
    run(f"CREATE POLICY {kind.table}_documents ON {kind.table} FOR SELECT TO {role('search')} USING (true)")
    run(f"GRANT SELECT ({', '.join(_columns(kind))}) ON {kind.table} TO {role('search')}")


def close_documents(kind: DocumentKind) -> None:
    """Reverts `open_documents`."""
    run(f"DROP POLICY {kind.table}_documents ON {kind.table}")
    run(f"REVOKE SELECT ({', '.join(_columns(kind))}) ON {kind.table} FROM {role('search')}")  # noqa: S608


def publish_documents(prefix: str, kinds: Sequence[DocumentKind], more: Sequence[str] = ()) -> None:
    """Creates the view of a service, instead of an earlier one. `more` are queries with the same columns, for parts of
    records that have tables of their own."""
    view, searcher = f"{prefix}_published_document", role("search")
    rows = " UNION ALL ".join([*(_rows(kind, path) for kind in kinds for path in kind.documents.split()), *more])
    run(f"DROP VIEW IF EXISTS {view}")
    run(f"CREATE VIEW {view} AS {rows}")
    grant(view, "SELECT", "actions")
    run(f"""
GRANT CREATE ON SCHEMA escm TO {searcher}
--;
ALTER VIEW {view} OWNER TO {searcher}
--;
REVOKE CREATE ON SCHEMA escm FROM {searcher}
""")


def document_indexes(kinds: Sequence[DocumentKind]) -> Iterator[tuple[str, str]]:
    """The name and definition of the index of each document."""
    for kind in kinds:
        for path in kind.documents.split():
            name = f"{kind.table}_{path.replace('.', '_').removesuffix('[]')}_evidence_idx"
            if path.endswith("[]"):
                yield name, f"{kind.table} USING gin ({path.removesuffix('[]')} jsonb_path_ops) WITH (fastupdate = off)"
            else:
                yield name, f"{kind.table} ((({_key(path)})::uuid)) WHERE {_key(path)} IS NOT NULL"


def _columns(kind: DocumentKind) -> list[str]:
    """What `escm_search` reads in addition."""
    documents = [path.partition(".")[0].removesuffix("[]") for path in kind.documents.split()]
    is_message = ("audience",) if kind.whole else ()
    named = {"id", "ref", "country", "visibility", "status", kind.scope, *documents, *is_message}
    return sorted(named - set(kind.searched.split()))


def _key(path: str) -> str:
    """The id of the file that a document names, as text."""
    column, _, key = path.partition(".")
    return f"{column} -> '{key}' ->> 'evidence_id'" if key else f"{column} ->> 'evidence_id'"


def _rows(kind: DocumentKind, path: str) -> str:
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
FROM {source} WHERE {conditions}"""  # noqa: S608
