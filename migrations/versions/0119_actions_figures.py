"""Figures of editions of the Global Report, and their frozen data."""

from migrations.rules import country_scoped, grant, record_columns, reference_numbers, run, setting

revision = "0119_actions_figures"
down_revision = "0118_actions_review"

_STATES = ("draft", "call", "writing", "abandoned")
_NO_COUNTRY = "    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),"
_COLUMNS = record_columns("live|frozen|dropped").replace(_NO_COUNTRY, "    country text CHECK (country IS NULL),")


def upgrade() -> None:
    run(f"""
ALTER TABLE action_edition ADD COLUMN as_of date, ADD COLUMN frozen_at timestamptz,
    DROP CONSTRAINT action_edition_status_check,
    ADD CONSTRAINT action_edition_status_check CHECK (status IN {(*_STATES, "frozen")})
--;
CREATE TABLE action_figure ({_COLUMNS}
    edition_id uuid NOT NULL REFERENCES action_edition (id),
    key text NOT NULL,
    kind text NOT NULL,
    titles jsonb NOT NULL,
    captions jsonb NOT NULL,
    alternatives jsonb NOT NULL,
    query jsonb NOT NULL,
    x text,
    y text,
    series text,
    source text,
    as_of date,
    definition text,
    release text,
    sha256 text,
    search_key text NOT NULL
)
--;
CREATE UNIQUE INDEX action_figure_key_key ON action_figure (edition_id, key) WHERE status <> 'dropped'
--;
CREATE TABLE action_figure_data (
    figure_id uuid PRIMARY KEY REFERENCES action_figure (id),
    content text NOT NULL
)
""")
    reference_numbers("action_figure", "FIG", "actions")
    country_scoped("action_figure", "actions", record="edition_id")
    _authors_read()
    _data()


def _authors_read() -> None:
    """Figures are also read by the authors of contributions that an editor accepted."""
    run(f"""
CREATE POLICY action_figure_author_read ON action_figure FOR SELECT USING (EXISTS (
    SELECT FROM action_contribution c
    WHERE c.edition_id = action_figure.edition_id AND c.status NOT IN ('proposed', 'declined', 'dropped')
        AND c.expert_ids::text[] && {setting("records")}
))
""")


def _data() -> None:
    """Frozen data is read by who reads its figure, and written by who writes its edition."""
    known = "EXISTS (SELECT FROM action_figure f WHERE f.id = figure_id)"
    writable = (
        "(SELECT current_setting('escm.write_everywhere', true)) = 'on' OR EXISTS (SELECT FROM action_figure f"
        f" WHERE f.id = figure_id AND f.edition_id::text = ANY({setting('write_records')}))"
    )
    run(f"""
ALTER TABLE action_figure_data ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE action_figure_data FORCE ROW LEVEL SECURITY
--;
CREATE POLICY action_figure_data_read ON action_figure_data FOR SELECT USING ({known})
--;
CREATE POLICY action_figure_data_insert ON action_figure_data FOR INSERT WITH CHECK ({writable})
--;
CREATE POLICY action_figure_data_delete ON action_figure_data FOR DELETE USING ({writable})
""")
    grant("action_figure_data", "SELECT, INSERT, DELETE", "actions")


def downgrade() -> None:
    run(f"""
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
DROP TABLE action_figure_data, action_figure
--;
DROP SEQUENCE action_figure_ref_seq
--;
UPDATE action_edition SET status = 'writing' WHERE status = 'frozen'
--;
ALTER TABLE action_edition DROP COLUMN as_of, DROP COLUMN frozen_at, DROP CONSTRAINT action_edition_status_check,
    ADD CONSTRAINT action_edition_status_check CHECK (status IN {_STATES})
""")
