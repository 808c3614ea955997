CREATE TABLE member_certificate_file (
    certificate_id uuid NOT NULL REFERENCES member_certificate (id),
    language text NOT NULL,
    sha256 text NOT NULL,
    size integer NOT NULL,
    printed_at timestamptz NOT NULL,
    PRIMARY KEY (certificate_id, language)
);

ALTER TABLE member_certificate_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_certificate_file FORCE ROW LEVEL SECURITY;
CREATE POLICY member_certificate_file_delete ON member_certificate_file FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY member_certificate_file_insert ON member_certificate_file FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY member_certificate_file_read ON member_certificate_file FOR SELECT USING ('restricted' = ANY ({setting:visibilities}));
CREATE POLICY member_certificate_file_update ON member_certificate_file FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on') WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');

GRANT SELECT, INSERT, UPDATE, DELETE ON member_certificate_file TO {role:membership};
