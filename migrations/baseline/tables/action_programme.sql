CREATE SEQUENCE action_programme_ref_seq;

CREATE TABLE action_programme (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('PRG', nextval('action_programme_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('exploring', 'designing', 'plan_review', 'approved', 'implementing', 'paused', 'completed', 'discontinued')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    framework text NOT NULL REFERENCES action_framework (code),
    committee_id uuid,
    centre_id uuid,
    lead_body_id uuid,
    waiver jsonb,
    started_on date,
    completed_on date
);

CREATE INDEX action_programme_country_idx ON action_programme (country, status, id);
CREATE INDEX action_programme_created_idx ON action_programme (created_at, id);
CREATE INDEX action_programme_updated_idx ON action_programme (updated_at, id);

CREATE TRIGGER action_programme_counted_delete AFTER DELETE ON action_programme REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION action_programme_counted();
CREATE TRIGGER action_programme_counted_insert AFTER INSERT ON action_programme REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_programme_counted();
CREATE TRIGGER action_programme_counted_update AFTER UPDATE ON action_programme REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_programme_counted();
CREATE TRIGGER action_programme_status_begins AFTER INSERT ON action_programme FOR EACH ROW WHEN (new.status NOT IN ('draft', 'planned', 'exploring')) EXECUTE FUNCTION action_status_follows();
CREATE TRIGGER action_programme_status_follows AFTER DELETE OR UPDATE OF status, country, visibility ON action_programme FOR EACH ROW EXECUTE FUNCTION action_status_follows();

ALTER TABLE action_programme ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_programme FORCE ROW LEVEL SECURITY;
CREATE POLICY action_programme_delete ON action_programme FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_programme_insert ON action_programme FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_programme_read ON action_programme FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_programme_update ON action_programme FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_programme TO {role:actions};
GRANT USAGE ON SEQUENCE action_programme_ref_seq TO {role:actions};
