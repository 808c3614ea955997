CREATE SEQUENCE member_congress_ref_seq;

CREATE TABLE member_congress (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('CON', nextval('member_congress_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('planned', 'held', 'cancelled')),
    country text CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    code text NOT NULL UNIQUE,
    titles jsonb NOT NULL,
    series text,
    starts date NOT NULL,
    ends date,
    mode text NOT NULL CHECK (mode IN ('onsite', 'online', 'hybrid')),
    place text,
    host_institution_id uuid,
    links jsonb NOT NULL,
    published_figures jsonb NOT NULL,
    search_key text NOT NULL
);

CREATE INDEX member_congress_country_idx ON member_congress (country, status, id);
CREATE INDEX member_congress_host_idx ON member_congress (host_institution_id) WHERE (host_institution_id IS NOT NULL);

ALTER TABLE member_congress ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_congress FORCE ROW LEVEL SECURITY;
CREATE POLICY member_congress_delete ON member_congress FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_congress_insert ON member_congress FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_congress_read ON member_congress FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY member_congress_update ON member_congress FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_congress TO {role:membership};
GRANT USAGE ON SEQUENCE member_congress_ref_seq TO {role:membership};
