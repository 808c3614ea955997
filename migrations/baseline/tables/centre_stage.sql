CREATE TABLE centre_stage (
    id uuid PRIMARY KEY,
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    country text NOT NULL,
    visibility text NOT NULL,
    version integer,
    stage text NOT NULL,
    holder text,
    entered_at timestamptz NOT NULL,
    left_at timestamptz,
    target_at timestamptz
);

CREATE INDEX centre_stage_centre_idx ON centre_stage (centre_id, entered_at, id);
CREATE UNIQUE INDEX centre_stage_present_key ON centre_stage (centre_id) WHERE (left_at IS NULL);

ALTER TABLE centre_stage ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_stage FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_stage_delete ON centre_stage FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_stage_insert ON centre_stage FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_stage_read ON centre_stage FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR centre_id::text = ANY ({setting:records}));
CREATE POLICY centre_stage_update ON centre_stage FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_stage TO {role:centres};

COMMENT ON COLUMN centre_stage.version IS 'The version of the centre after the step that entered the stage; null where the file changed hands within it.';
