CREATE TABLE action_status_history (
    record_id uuid NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    status text NOT NULL,
    country text,
    visibility text NOT NULL,
    centre_id uuid,
    PRIMARY KEY (record_id, valid_from)
);

ALTER TABLE action_status_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_status_history FORCE ROW LEVEL SECURITY;
CREATE POLICY action_status_history_delete ON action_status_history FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR record_id::text = ANY ({setting:write_records}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY action_status_history_insert ON action_status_history FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR record_id::text = ANY ({setting:write_records}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY action_status_history_read ON action_status_history FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR record_id::text = ANY ({setting:records}) OR centre_id::text = ANY ({setting:records}));
CREATE POLICY action_status_history_update ON action_status_history FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR record_id::text = ANY ({setting:write_records}) OR centre_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR record_id::text = ANY ({setting:write_records}) OR centre_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_status_history TO {role:actions};

COMMENT ON TABLE action_status_history IS 'the status of programmes, indicators, periods and results from valid_from until valid_to, the first state left out';
