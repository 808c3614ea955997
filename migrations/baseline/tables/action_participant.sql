CREATE TABLE action_participant (
    id uuid NOT NULL,
    institution_id uuid NOT NULL,
    status text NOT NULL,
    country text NOT NULL,
    visibility text NOT NULL,
    PRIMARY KEY (id, institution_id)
);

CREATE INDEX action_participant_institution_idx ON action_participant (institution_id, id);

ALTER TABLE action_participant ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_participant FORCE ROW LEVEL SECURITY;
CREATE POLICY action_participant_delete ON action_participant FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_participant_insert ON action_participant FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_participant_read ON action_participant FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_participant_update ON action_participant FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_participant TO {role:actions};
