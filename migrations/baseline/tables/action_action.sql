CREATE SEQUENCE action_action_ref_seq;

CREATE TABLE action_action (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('ACT', nextval('action_action_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('proposed', 'planned', 'in_progress', 'finalising', 'closed', 'suspended', 'cancelled')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    programme_id uuid NOT NULL REFERENCES action_programme (id),
    pillar text NOT NULL CHECK (pillar IN ('core', 'action-1', 'action-2', 'action-3')),
    kind text NOT NULL CHECK (kind IN ('action', 'research_project')),
    titles jsonb NOT NULL,
    planned_start date,
    planned_end date,
    actual_start date,
    actual_end date,
    participants jsonb NOT NULL,
    tags jsonb NOT NULL,
    budget jsonb,
    baseline jsonb,
    previous_status text,
    search_key text NOT NULL,
    descriptions jsonb NOT NULL DEFAULT '{}',
    locations jsonb NOT NULL DEFAULT '[]',
    CONSTRAINT action_action_check CHECK (planned_end >= planned_start),
    CONSTRAINT action_action_check1 CHECK (status NOT IN ('in_progress', 'finalising', 'closed') OR actual_start IS NOT NULL)
);

CREATE INDEX action_action_baseline_source_evidence_idx ON action_action (((((baseline -> 'source') ->> 'evidence_id'))::uuid)) WHERE (((baseline -> 'source') ->> 'evidence_id') IS NOT NULL);
CREATE INDEX action_action_country_idx ON action_action (country, status, id);
CREATE INDEX action_action_created_idx ON action_action (created_at, id);
CREATE INDEX action_action_participants_idx ON action_action USING gin (participants jsonb_path_ops);
CREATE INDEX action_action_programme_idx ON action_action (programme_id);
CREATE INDEX action_action_updated_idx ON action_action (updated_at, id);

CREATE TRIGGER action_action_counted_delete AFTER DELETE ON action_action REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION action_action_counted();
CREATE TRIGGER action_action_counted_insert AFTER INSERT ON action_action REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_action_counted();
CREATE TRIGGER action_action_counted_update AFTER UPDATE ON action_action REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_action_counted();
CREATE TRIGGER action_action_tags_follow AFTER INSERT OR DELETE OR UPDATE OF tags, status, country, visibility ON action_action FOR EACH ROW EXECUTE FUNCTION action_tags_follow('action');
CREATE TRIGGER action_locations_follow AFTER INSERT OR DELETE OR UPDATE OF locations, status, country, visibility ON action_action FOR EACH ROW EXECUTE FUNCTION action_locations_follow();
CREATE TRIGGER action_participants_follow AFTER INSERT OR DELETE OR UPDATE OF participants, status, country, visibility ON action_action FOR EACH ROW EXECUTE FUNCTION action_participants_follow();

ALTER TABLE action_action ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_action FORCE ROW LEVEL SECURITY;
CREATE POLICY action_action_delete ON action_action FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_action_documents ON action_action FOR SELECT TO {role:search} USING (true);
CREATE POLICY action_action_insert ON action_action FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_action_read ON action_action FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_action_update ON action_action FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_action TO {role:actions};
GRANT SELECT (id, ref, status, country, visibility, baseline) ON action_action TO {role:search};
GRANT USAGE ON SEQUENCE action_action_ref_seq TO {role:actions};
