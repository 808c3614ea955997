"""The status that programmes, indicators, periods and results had at each time, for what was reported on a past day."""

from migrations.rules import grant, run, setting

revision = "0085_actions_status_history"
down_revision = "0084_actions_plan_imports"

_TABLES = {"action_programme": "", "action_indicator": "", "action_period": "", "action_result": ", centre_id"}
"""By table, which column a grant over a record names besides the record."""
_READABLE = (
    f"visibility = ANY({setting('visibilities')}) OR country = ANY({setting('countries')})"
    f" OR record_id::text = ANY({setting('records')}) OR centre_id::text = ANY({setting('records')})"
)
_WRITABLE = (
    "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
    f" OR country = ANY({setting('write_countries')}) OR record_id::text = ANY({setting('write_records')})"
    f" OR centre_id::text = ANY({setting('write_records')})"
)
_BEGUN = "'draft', 'planned', 'exploring'"
"""The states in which records begin. They count for nothing, and are not stored."""


def upgrade() -> None:
    """What was published before has the status of its dates; other records have their present one since they were
    created."""
    run(f"""
CREATE TABLE action_status_history (
    record_id uuid NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    status text NOT NULL,
    country text,
    visibility text NOT NULL,
    centre_id uuid,
    PRIMARY KEY (record_id, valid_from)
)
--;
COMMENT ON TABLE action_status_history IS
    'the status of programmes, indicators, periods and results from valid_from until valid_to, the first state left out'
--;
CREATE FUNCTION action_status_follows() RETURNS trigger LANGUAGE plpgsql SET search_path = escm, pg_temp AS $$
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
    centre uuid;
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    IF TG_OP = 'DELETE' THEN
        DELETE FROM action_status_history WHERE record_id = OLD.id;
    ELSE
        IF TG_TABLE_NAME = 'action_result' THEN
            centre := NEW.centre_id;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            UPDATE action_status_history SET country = NEW.country, visibility = NEW.visibility, centre_id = centre
            WHERE record_id = NEW.id
                AND (country, visibility, centre_id) IS DISTINCT FROM (NEW.country, NEW.visibility, centre);
        END IF;
        IF TG_OP = 'UPDATE' AND NEW.status <> OLD.status THEN
            DELETE FROM action_status_history WHERE record_id = NEW.id AND valid_from >= NEW.updated_at;
            UPDATE action_status_history SET valid_to = NEW.updated_at
            WHERE record_id = NEW.id AND (valid_to IS NULL OR valid_to > NEW.updated_at);
        END IF;
        IF NEW.status NOT IN ({_BEGUN}) AND (TG_OP = 'INSERT' OR NEW.status <> OLD.status) THEN
            INSERT INTO action_status_history (record_id, valid_from, status, country, visibility, centre_id)
            VALUES (NEW.id, NEW.updated_at, NEW.status, NEW.country, NEW.visibility, centre);
        END IF;
    END IF;
    PERFORM set_config('escm.visibilities', visibilities, true);
    RETURN NULL;
END
$$
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
INSERT INTO action_status_history (record_id, valid_from, valid_to, status, country, visibility, centre_id)
SELECT r.id, stay.valid_from, stay.valid_to, stay.status, r.country, r.visibility, r.centre_id
FROM action_result r, LATERAL (VALUES
    (CASE WHEN r.published_at IS NULL THEN r.status ELSE 'submitted' END, coalesce(r.submitted_at, r.created_at),
        r.published_at),
    ('published', r.published_at, r.ended_at),
    (r.status, r.ended_at, NULL)
) stay (status, valid_from, valid_to)
WHERE r.status NOT IN ({_BEGUN}, 'discarded') AND stay.valid_from < coalesce(stay.valid_to, 'infinity')
""")
    for table, centre in _TABLES.items():
        compared = f"status, country, visibility{centre}"
        run(f"""
CREATE TRIGGER {table}_status_begins AFTER INSERT ON {table}
    FOR EACH ROW WHEN (NEW.status NOT IN ({_BEGUN})) EXECUTE FUNCTION action_status_follows()
--;
CREATE TRIGGER {table}_status_follows AFTER DELETE OR UPDATE OF {compared} ON {table}
    FOR EACH ROW EXECUTE FUNCTION action_status_follows()
""")
        if not centre:
            run(f"""
INSERT INTO action_status_history (record_id, valid_from, status, country, visibility)
SELECT id, created_at, status, country, visibility FROM {table} WHERE status NOT IN ({_BEGUN})
""")
    run(f"""
ALTER TABLE action_status_history ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE action_status_history FORCE ROW LEVEL SECURITY
--;
CREATE POLICY action_status_history_read ON action_status_history FOR SELECT USING ({_READABLE})
--;
CREATE POLICY action_status_history_insert ON action_status_history FOR INSERT WITH CHECK ({_WRITABLE})
--;
CREATE POLICY action_status_history_update ON action_status_history FOR UPDATE USING ({_WRITABLE})
    WITH CHECK ({_WRITABLE})
--;
CREATE POLICY action_status_history_delete ON action_status_history FOR DELETE USING ({_WRITABLE})
""")
    grant("action_status_history", "SELECT, INSERT, UPDATE, DELETE", "actions")


def downgrade() -> None:
    for table in _TABLES:
        run(f"DROP TRIGGER {table}_status_begins ON {table}")
        run(f"DROP TRIGGER {table}_status_follows ON {table}")
    run("""
DROP FUNCTION action_status_follows()
--;
DROP TABLE action_status_history
""")
