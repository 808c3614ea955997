CREATE SEQUENCE member_score_ref_seq;

CREATE TABLE member_score (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('SCO', nextval('member_score_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status = 'recorded'),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    nomination_id uuid NOT NULL REFERENCES member_nomination (id) ON DELETE CASCADE,
    call_id uuid NOT NULL REFERENCES member_call (id),
    expert_id uuid NOT NULL,
    scores jsonb NOT NULL,
    comment text,
    recommendation text CHECK (recommendation IN ('select', 'pass_over'))
);

CREATE INDEX member_score_call_idx ON member_score (call_id);
CREATE INDEX member_score_expert_idx ON member_score (expert_id);
CREATE INDEX member_score_nomination_idx ON member_score (nomination_id, expert_id);

ALTER TABLE member_score ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_score FORCE ROW LEVEL SECURITY;
CREATE POLICY member_score_conflict ON member_score AS RESTRICTIVE FOR SELECT TO {role:membership} USING (EXISTS ( SELECT FROM member_nomination n WHERE (n.id = member_score.nomination_id AND ((n.expert_id)::text <> ALL (COALESCE(( SELECT string_to_array(NULLIF(current_setting('escm.records', true), ''), ',') AS string_to_array), '{}'::text[]))))));
CREATE POLICY member_score_delete ON member_score FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_score_insert ON member_score FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_score_panel_insert ON member_score FOR INSERT WITH CHECK (call_id::text = ANY ({setting:write_records}));
CREATE POLICY member_score_panel_read ON member_score FOR SELECT USING (call_id::text = ANY ({setting:records}) AND (EXISTS ( SELECT FROM member_call k WHERE (k.id = member_score.call_id AND (k.status IN ('decided', 'published'))))));
CREATE POLICY member_score_panel_update ON member_score FOR UPDATE USING (call_id::text = ANY ({setting:write_records})) WITH CHECK (call_id::text = ANY ({setting:write_records}));
CREATE POLICY member_score_read ON member_score FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR expert_id::text = ANY ({setting:records}));
CREATE POLICY member_score_search ON member_score FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_score_update ON member_score FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_score TO {role:membership};
GRANT SELECT (id, nomination_id) ON member_score TO {role:search};
GRANT USAGE ON SEQUENCE member_score_ref_seq TO {role:membership};
