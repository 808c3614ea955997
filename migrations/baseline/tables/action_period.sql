CREATE SEQUENCE action_period_ref_seq;

CREATE TABLE action_period (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('PER', nextval('action_period_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('planned', 'open', 'closed', 'locked')),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    framework text NOT NULL,
    code text NOT NULL,
    starts date NOT NULL,
    ends date NOT NULL,
    opens_on date NOT NULL,
    due_on date NOT NULL,
    closes_on date,
    locks_on date,
    reminded_on date,
    CONSTRAINT action_period_code_key UNIQUE (framework, code)
);

CREATE TRIGGER action_period_status_begins AFTER INSERT ON action_period FOR EACH ROW WHEN (new.status NOT IN ('draft', 'planned', 'exploring')) EXECUTE FUNCTION action_status_follows();
CREATE TRIGGER action_period_status_follows AFTER DELETE OR UPDATE OF status, country, visibility ON action_period FOR EACH ROW EXECUTE FUNCTION action_status_follows();

ALTER TABLE action_period ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_period FORCE ROW LEVEL SECURITY;
CREATE POLICY action_period_delete ON action_period FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_period_insert ON action_period FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_period_lock ON action_period FOR UPDATE USING (visibility = ANY ({setting:visibilities})) WITH CHECK (false);
CREATE POLICY action_period_read ON action_period FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_period_shared ON action_period FOR SELECT USING (country IS NULL AND visibility = 'public' AND (( SELECT string_to_array(NULLIF(current_setting('escm.countries', true), ''), ',') AS string_to_array) IS NOT NULL));
CREATE POLICY action_period_update ON action_period FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_period TO {role:actions};
GRANT USAGE ON SEQUENCE action_period_ref_seq TO {role:actions};
