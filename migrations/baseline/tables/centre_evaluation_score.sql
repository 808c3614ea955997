CREATE SEQUENCE centre_evaluation_score_ref_seq;

CREATE TABLE centre_evaluation_score (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('EVS', nextval('centre_evaluation_score_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status = 'recorded'),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    evaluation_id uuid NOT NULL REFERENCES centre_evaluation (id),
    expert_id uuid NOT NULL,
    scores jsonb NOT NULL,
    recommendation text CHECK (recommendation IN ('renew', 'renew_with_conditions', 'not_renew')),
    comment text,
    conflict_of_interest boolean NOT NULL
);

CREATE INDEX centre_evaluation_score_evaluation_idx ON centre_evaluation_score (evaluation_id, expert_id);
CREATE INDEX centre_evaluation_score_expert_idx ON centre_evaluation_score (expert_id);

ALTER TABLE centre_evaluation_score ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_evaluation_score FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_evaluation_score_conflict ON centre_evaluation_score AS RESTRICTIVE FOR SELECT TO {role:centres} USING (EXISTS ( SELECT FROM centre_evaluation e WHERE (e.id = centre_evaluation_score.evaluation_id)));
CREATE POLICY centre_evaluation_score_delete ON centre_evaluation_score FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_evaluation_score_insert ON centre_evaluation_score FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_evaluation_score_panel_insert ON centre_evaluation_score FOR INSERT WITH CHECK (evaluation_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_evaluation_score_panel_read ON centre_evaluation_score FOR SELECT USING (evaluation_id::text = ANY ({setting:records}) AND (EXISTS ( SELECT FROM centre_evaluation e WHERE (e.id = centre_evaluation_score.evaluation_id AND e.status = 'completed'))));
CREATE POLICY centre_evaluation_score_panel_update ON centre_evaluation_score FOR UPDATE USING (evaluation_id::text = ANY ({setting:write_records})) WITH CHECK (evaluation_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_evaluation_score_read ON centre_evaluation_score FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR expert_id::text = ANY ({setting:records}));
CREATE POLICY centre_evaluation_score_update ON centre_evaluation_score FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_evaluation_score TO {role:centres};
GRANT USAGE ON SEQUENCE centre_evaluation_score_ref_seq TO {role:centres};
