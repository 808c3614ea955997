CREATE TABLE action_scheme_state (
    scheme_id uuid NOT NULL REFERENCES action_scheme (id),
    assessment text NOT NULL,
    published_on date NOT NULL,
    source jsonb NOT NULL,
    states jsonb NOT NULL,
    PRIMARY KEY (scheme_id, assessment)
);

CREATE INDEX action_scheme_state_source_evidence_idx ON action_scheme_state ((((source ->> 'evidence_id'))::uuid)) WHERE ((source ->> 'evidence_id') IS NOT NULL);

ALTER TABLE action_scheme_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_scheme_state FORCE ROW LEVEL SECURITY;
CREATE POLICY action_scheme_state_documents ON action_scheme_state FOR SELECT TO {role:search} USING (true);
CREATE POLICY action_scheme_state_insert ON action_scheme_state FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY action_scheme_state_read ON action_scheme_state FOR SELECT USING (scheme_id IN ( SELECT action_scheme.id FROM action_scheme));
CREATE POLICY action_scheme_state_update ON action_scheme_state FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on') WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');

GRANT SELECT, INSERT, UPDATE ON action_scheme_state TO {role:actions};
GRANT SELECT (scheme_id, source) ON action_scheme_state TO {role:search};
