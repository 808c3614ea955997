"""The results whose documents name files of evidence."""

from migrations.documents import (
    DocumentKind,
    close_documents,
    document_indexes,
    open_documents,
    publish_documents,
)
from migrations.rules import index_beside_writers, run

revision = "0046_actions_documents"
down_revision = "0045_actions_mappings"

_EARLIER = (
    DocumentKind("actions.actions", "action_action", "baseline.source"),
    DocumentKind("actions.milestones", "action_milestone", "evidence[]"),
    DocumentKind("actions.endorsements", "action_endorsement", "document"),
    DocumentKind("actions.focal_points", "action_focal_point", "letter"),
    DocumentKind("actions.correspondence", "action_correspondence", "document"),
)
_RESULTS = DocumentKind("actions.results", "action_result", "evidence[]")


def upgrade() -> None:
    open_documents(_RESULTS)
    publish_documents("action", (*_EARLIER, _RESULTS))
    for name, definition in document_indexes((_RESULTS,)):
        index_beside_writers(name, definition)


def downgrade() -> None:
    for name, _ in document_indexes((_RESULTS,)):
        run(f"DROP INDEX {name}")
    publish_documents("action", _EARLIER)
    close_documents(_RESULTS)
