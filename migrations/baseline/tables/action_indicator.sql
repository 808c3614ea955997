CREATE SEQUENCE action_indicator_ref_seq;

CREATE TABLE action_indicator (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('IND', nextval('action_indicator_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'active', 'retired')),
    country text CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    code text NOT NULL,
    titles jsonb NOT NULL,
    definition jsonb NOT NULL,
    framework text,
    level text NOT NULL,
    measure text NOT NULL,
    unit jsonb,
    scale jsonb NOT NULL,
    direction text NOT NULL,
    across text NOT NULL,
    over_time text NOT NULL,
    reported_by text NOT NULL CHECK (reported_by IN ('country', 'action', 'centre')),
    frequency text NOT NULL CHECK (frequency IN ('year', 'half_year', 'quarter', 'month')),
    pillar text,
    side text,
    codes jsonb NOT NULL,
    method jsonb NOT NULL,
    source text,
    replaces_id uuid REFERENCES action_indicator (id),
    disaggregations jsonb NOT NULL,
    valid_from date,
    valid_to date,
    search_key text NOT NULL,
    template_id uuid,
    CONSTRAINT action_indicator_check CHECK ((framework IS NULL) <> (country IS NULL)),
    CONSTRAINT action_indicator_check1 CHECK (replaces_id <> id),
    CONSTRAINT action_indicator_code_key UNIQUE NULLS NOT DISTINCT (code, country)
);
ALTER TABLE action_indicator ADD CONSTRAINT action_indicator_template_id_fkey FOREIGN KEY (template_id) REFERENCES action_indicator(id) NOT VALID;

CREATE INDEX action_indicator_country_idx ON action_indicator (country, status, id);
CREATE INDEX action_indicator_framework_idx ON action_indicator (framework, id);
CREATE INDEX action_indicator_replaces_idx ON action_indicator (replaces_id) WHERE (replaces_id IS NOT NULL);
CREATE INDEX action_indicator_template_idx ON action_indicator (template_id, id) WHERE (template_id IS NOT NULL);

CREATE TRIGGER action_indicator_status_begins AFTER INSERT ON action_indicator FOR EACH ROW WHEN (new.status NOT IN ('draft', 'planned', 'exploring')) EXECUTE FUNCTION action_status_follows();
CREATE TRIGGER action_indicator_status_follows AFTER DELETE OR UPDATE OF status, country, visibility ON action_indicator FOR EACH ROW EXECUTE FUNCTION action_status_follows();

ALTER TABLE action_indicator ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_indicator FORCE ROW LEVEL SECURITY;
CREATE POLICY action_indicator_delete ON action_indicator FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_indicator_insert ON action_indicator FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_indicator_lock ON action_indicator FOR UPDATE USING (visibility = ANY ({setting:visibilities})) WITH CHECK (false);
CREATE POLICY action_indicator_read ON action_indicator FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_indicator_shared ON action_indicator FOR SELECT USING (country IS NULL AND visibility = 'public' AND (( SELECT string_to_array(NULLIF(current_setting('escm.countries', true), ''), ',') AS string_to_array) IS NOT NULL));
CREATE POLICY action_indicator_update ON action_indicator FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_indicator TO {role:actions};
GRANT USAGE ON SEQUENCE action_indicator_ref_seq TO {role:actions};
