CREATE SEQUENCE action_scheme_ref_seq;

CREATE TABLE action_scheme (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('SCH', nextval('action_scheme_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'current', 'superseded')),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    code text NOT NULL,
    edition text NOT NULL,
    titles jsonb NOT NULL,
    source text,
    licence text,
    publisher text,
    code_count integer NOT NULL,
    assessments text[] NOT NULL,
    search_key text NOT NULL,
    CONSTRAINT action_scheme_edition_key UNIQUE (code, edition)
);

CREATE UNIQUE INDEX action_scheme_current_idx ON action_scheme (code) WHERE (status = 'current');

ALTER TABLE action_scheme ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_scheme FORCE ROW LEVEL SECURITY;
CREATE POLICY action_scheme_delete ON action_scheme FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_scheme_documents ON action_scheme FOR SELECT TO {role:search} USING (true);
CREATE POLICY action_scheme_insert ON action_scheme FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_scheme_public ON action_scheme FOR SELECT USING (visibility = 'public' AND ((cardinality({setting:visibilities}) > 0) OR (cardinality({setting:countries}) > 0) OR (cardinality({setting:records}) > 0)));
CREATE POLICY action_scheme_read ON action_scheme FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_scheme_update ON action_scheme FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_scheme TO {role:actions};
GRANT SELECT (id, ref, status, country, visibility, code) ON action_scheme TO {role:search};
GRANT USAGE ON SEQUENCE action_scheme_ref_seq TO {role:actions};
