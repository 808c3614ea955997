CREATE TABLE action_scheme_mapping (
    scheme text NOT NULL,
    code text NOT NULL,
    to_scheme text NOT NULL,
    to_code text NOT NULL,
    relation text NOT NULL CHECK (relation IN ('exact', 'close', 'broad', 'narrow', 'related')),
    source jsonb,
    PRIMARY KEY (scheme, code, to_scheme, to_code)
);

CREATE INDEX action_scheme_mapping_source_evidence_idx ON action_scheme_mapping ((((source ->> 'evidence_id'))::uuid)) WHERE ((source ->> 'evidence_id') IS NOT NULL);
CREATE INDEX action_scheme_mapping_to_idx ON action_scheme_mapping (to_scheme, to_code);

ALTER TABLE action_scheme_mapping ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_scheme_mapping FORCE ROW LEVEL SECURITY;
CREATE POLICY action_scheme_mapping_documents ON action_scheme_mapping FOR SELECT TO {role:search} USING (true);
CREATE POLICY action_scheme_mapping_insert ON action_scheme_mapping FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY action_scheme_mapping_read ON action_scheme_mapping FOR SELECT USING ((cardinality({setting:visibilities}) > 0) OR (cardinality({setting:countries}) > 0) OR (cardinality({setting:records}) > 0));
CREATE POLICY action_scheme_mapping_update ON action_scheme_mapping FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on') WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');

GRANT SELECT, INSERT, UPDATE ON action_scheme_mapping TO {role:actions};
GRANT SELECT (scheme, source) ON action_scheme_mapping TO {role:search};
