CREATE TABLE action_scheme_code (
    scheme_id uuid NOT NULL REFERENCES action_scheme (id),
    code text NOT NULL,
    parent text,
    kind text,
    titles jsonb NOT NULL,
    uri text,
    "position" integer NOT NULL,
    PRIMARY KEY (scheme_id, code),
    CONSTRAINT action_scheme_code_scheme_id_parent_fkey FOREIGN KEY (scheme_id, parent) REFERENCES action_scheme_code(scheme_id, code)
);

CREATE INDEX action_scheme_code_place_idx ON action_scheme_code (scheme_id, "position", code);

ALTER TABLE action_scheme_code ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_scheme_code FORCE ROW LEVEL SECURITY;
CREATE POLICY action_scheme_code_insert ON action_scheme_code FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY action_scheme_code_read ON action_scheme_code FOR SELECT USING (scheme_id IN ( SELECT action_scheme.id FROM action_scheme));
CREATE POLICY action_scheme_code_update ON action_scheme_code FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on') WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');

GRANT SELECT, INSERT, UPDATE ON action_scheme_code TO {role:actions};
