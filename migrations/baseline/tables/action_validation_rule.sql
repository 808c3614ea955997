CREATE SEQUENCE action_validation_rule_ref_seq;

CREATE TABLE action_validation_rule (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('VRL', nextval('action_validation_rule_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'active', 'retired')),
    country text CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    code text NOT NULL,
    framework text,
    titles jsonb NOT NULL,
    instruction jsonb NOT NULL,
    severity text NOT NULL CHECK (severity IN ('error', 'warning')),
    "left" jsonb NOT NULL,
    operator text NOT NULL,
    "right" jsonb NOT NULL,
    missing text NOT NULL CHECK (missing IN ('skip_if_any', 'skip_if_all', 'never_skip')),
    tolerance numeric CHECK (tolerance >= 0::numeric),
    indicator_ids uuid[] NOT NULL,
    search_key text NOT NULL,
    CONSTRAINT action_validation_rule_check CHECK ((framework IS NULL) <> (country IS NULL)),
    CONSTRAINT action_validation_rule_code_key UNIQUE NULLS NOT DISTINCT (code, country)
);

CREATE INDEX action_validation_rule_country_idx ON action_validation_rule (country, status, id);
CREATE INDEX action_validation_rule_framework_idx ON action_validation_rule (framework, id);

ALTER TABLE action_validation_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_validation_rule FORCE ROW LEVEL SECURITY;
CREATE POLICY action_validation_rule_delete ON action_validation_rule FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_validation_rule_insert ON action_validation_rule FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_validation_rule_read ON action_validation_rule FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_validation_rule_update ON action_validation_rule FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_validation_rule TO {role:actions};
GRANT USAGE ON SEQUENCE action_validation_rule_ref_seq TO {role:actions};
