CREATE SEQUENCE action_milestone_ref_seq;

CREATE TABLE action_milestone (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('MIL', nextval('action_milestone_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'in_progress', 'claimed', 'done', 'dropped')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    action_id uuid NOT NULL REFERENCES action_action (id),
    titles jsonb NOT NULL,
    due date NOT NULL,
    first_due date NOT NULL,
    due_reason text,
    weight double precision NOT NULL CHECK (weight > 0::double precision),
    deliverable jsonb,
    evidence_required jsonb NOT NULL,
    evidence jsonb,
    claimed_by text,
    claimed_on date,
    verified_on date,
    search_key text NOT NULL,
    claimants uuid[] NOT NULL DEFAULT '{}',
    codes jsonb NOT NULL DEFAULT '[]',
    CONSTRAINT action_milestone_check CHECK (due = first_due OR due_reason IS NOT NULL),
    CONSTRAINT action_milestone_check1 CHECK (status NOT IN ('claimed', 'done') OR claimed_on IS NOT NULL),
    CONSTRAINT action_milestone_check2 CHECK (status <> 'done' OR verified_on IS NOT NULL)
);

CREATE INDEX action_milestone_action_idx ON action_milestone (action_id);
CREATE INDEX action_milestone_country_idx ON action_milestone (country, status, id);
CREATE INDEX action_milestone_created_idx ON action_milestone (created_at, id);
CREATE INDEX action_milestone_due_idx ON action_milestone (due) WHERE (status IN ('pending', 'in_progress', 'claimed'));
CREATE INDEX action_milestone_evidence_evidence_idx ON action_milestone USING gin (evidence jsonb_path_ops) WITH (fastupdate=off);
CREATE INDEX action_milestone_updated_idx ON action_milestone (updated_at, id);

CREATE TRIGGER action_milestone_codes_follow AFTER INSERT OR DELETE OR UPDATE OF codes, status, country, visibility ON action_milestone FOR EACH ROW EXECUTE FUNCTION action_milestone_codes_follow();
CREATE TRIGGER action_milestone_counted_delete AFTER DELETE ON action_milestone REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION action_milestone_counted();
CREATE TRIGGER action_milestone_counted_insert AFTER INSERT ON action_milestone REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_milestone_counted();
CREATE TRIGGER action_milestone_counted_update AFTER UPDATE ON action_milestone REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_milestone_counted();

ALTER TABLE action_milestone ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_milestone FORCE ROW LEVEL SECURITY;
CREATE POLICY action_milestone_delete ON action_milestone FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_milestone_documents ON action_milestone FOR SELECT TO {role:search} USING (true);
CREATE POLICY action_milestone_insert ON action_milestone FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_milestone_read ON action_milestone FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_milestone_update ON action_milestone FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_milestone TO {role:actions};
GRANT SELECT (id, ref, status, country, visibility, evidence) ON action_milestone TO {role:search};
GRANT USAGE ON SEQUENCE action_milestone_ref_seq TO {role:actions};
