CREATE TABLE centre_tenure (
    id uuid PRIMARY KEY,
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    country text NOT NULL,
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    changed text NOT NULL CHECK (changed IN ('names', 'unit', 'director', 'host', 'address')),
    names jsonb,
    unit text,
    director_id uuid,
    host_institution_id uuid,
    address text,
    "position" jsonb,
    starts date NOT NULL,
    ends date NOT NULL,
    replaced_on date NOT NULL,
    document jsonb,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT centre_tenure_check CHECK (ends >= starts)
);

CREATE INDEX centre_tenure_centre_idx ON centre_tenure (centre_id, changed, replaced_on);
CREATE INDEX centre_tenure_director_idx ON centre_tenure (director_id) WHERE (director_id IS NOT NULL);

ALTER TABLE centre_tenure ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_tenure FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_tenure_delete ON centre_tenure FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_tenure_insert ON centre_tenure FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_tenure_read ON centre_tenure FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR centre_id::text = ANY ({setting:records}));
CREATE POLICY centre_tenure_update ON centre_tenure FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_tenure TO {role:centres};
