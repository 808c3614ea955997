CREATE SEQUENCE centre_network_ref_seq;

CREATE TABLE centre_network (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('NET', nextval('centre_network_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('active', 'closed')),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    code text NOT NULL UNIQUE,
    titles jsonb NOT NULL,
    search_key text NOT NULL,
    themes text[] NOT NULL,
    coordinator_id uuid
);

CREATE INDEX centre_network_coordinator_idx ON centre_network (coordinator_id) WHERE (coordinator_id IS NOT NULL);

ALTER TABLE centre_network ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_network FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_network_delete ON centre_network FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY centre_network_insert ON centre_network FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY centre_network_public ON centre_network FOR SELECT USING (visibility = 'public' AND (( SELECT string_to_array(NULLIF(current_setting('escm.countries', true), ''), ',') AS string_to_array) IS NOT NULL));
CREATE POLICY centre_network_read ON centre_network FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY centre_network_update ON centre_network FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_network TO {role:centres};
GRANT USAGE ON SEQUENCE centre_network_ref_seq TO {role:centres};
