"""Public documents of actions that were printed, which only work of the whole installation reads."""

from migrations.rules import grant, run, setting

revision = "0075_actions_open_data"
down_revision = "0074_actions_calendars"

_READS = f"'restricted' = ANY({setting('visibilities')})"
_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"


def upgrade() -> None:
    run(f"""
CREATE TABLE action_printed_document (
    kind text NOT NULL,
    subject text NOT NULL,
    language text NOT NULL CHECK (language IN ('en', 'fr', 'es', 'ar', 'zh', 'ru')),
    state text NOT NULL,
    ordered_at timestamptz NOT NULL,
    sha256 text,
    size integer,
    is_printable boolean NOT NULL,
    PRIMARY KEY (kind, subject, language),
    CHECK ((sha256 IS NULL) = (size IS NULL))
)
--;
CREATE INDEX action_printed_document_file_idx ON action_printed_document (sha256) WHERE sha256 IS NOT NULL
--;
ALTER TABLE action_printed_document ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE action_printed_document FORCE ROW LEVEL SECURITY
--;
CREATE POLICY action_printed_document_read ON action_printed_document FOR SELECT USING ({_READS})
--;
CREATE POLICY action_printed_document_insert ON action_printed_document FOR INSERT WITH CHECK ({_WRITES})
--;
CREATE POLICY action_printed_document_update ON action_printed_document FOR UPDATE
    USING ({_WRITES}) WITH CHECK ({_WRITES})
--;
CREATE POLICY action_printed_document_delete ON action_printed_document FOR DELETE USING ({_WRITES})
""")
    grant("action_printed_document", "SELECT, INSERT, UPDATE, DELETE", "actions")


def downgrade() -> None:
    run("DROP TABLE action_printed_document")
