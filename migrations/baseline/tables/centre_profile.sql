CREATE SEQUENCE centre_profile_ref_seq;

CREATE TABLE centre_profile (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('PRF', nextval('centre_profile_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status = 'recorded'),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    website text,
    established integer,
    languages text[] NOT NULL,
    staff jsonb,
    facilities jsonb NOT NULL,
    equipment jsonb NOT NULL,
    services jsonb NOT NULL,
    projects jsonb NOT NULL,
    publications jsonb NOT NULL,
    confirmed_on date,
    CONSTRAINT centre_profile_centre_key UNIQUE (centre_id)
);

ALTER TABLE centre_profile ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_profile FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_profile_delete ON centre_profile FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_profile_insert ON centre_profile FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_profile_read ON centre_profile FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR centre_id::text = ANY ({setting:records}));
CREATE POLICY centre_profile_search ON centre_profile FOR SELECT TO {role:search} USING (true);
CREATE POLICY centre_profile_update ON centre_profile FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_profile TO {role:centres};
GRANT SELECT (centre_id, website) ON centre_profile TO {role:search};
GRANT USAGE ON SEQUENCE centre_profile_ref_seq TO {role:centres};
