CREATE TABLE action_location (
    id uuid NOT NULL,
    "position" integer NOT NULL,
    name text,
    subdivision text,
    lat double precision,
    lon double precision,
    status text NOT NULL,
    country text NOT NULL,
    visibility text NOT NULL,
    PRIMARY KEY (id, "position")
);

CREATE INDEX action_location_name_idx ON action_location (name, id);
CREATE INDEX action_location_point_idx ON action_location (lat, lon, id);
CREATE INDEX action_location_subdivision_idx ON action_location (subdivision, id);

ALTER TABLE action_location ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_location FORCE ROW LEVEL SECURITY;
CREATE POLICY action_location_delete ON action_location FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_location_insert ON action_location FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_location_read ON action_location FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_location_update ON action_location FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_location TO {role:actions};
