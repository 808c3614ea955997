CREATE TABLE action_printed_document (
    kind text NOT NULL,
    subject text NOT NULL,
    language text NOT NULL CHECK (language IN ('en', 'fr', 'es', 'ar', 'zh', 'ru')),
    state text NOT NULL,
    ordered_at timestamptz NOT NULL,
    sha256 text,
    size integer,
    is_printable boolean NOT NULL,
    PRIMARY KEY (kind, subject, language),
    CONSTRAINT action_printed_document_check CHECK ((sha256 IS NULL) = (size IS NULL))
);

CREATE INDEX action_printed_document_file_idx ON action_printed_document (sha256) WHERE (sha256 IS NOT NULL);

ALTER TABLE action_printed_document ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_printed_document FORCE ROW LEVEL SECURITY;
CREATE POLICY action_printed_document_delete ON action_printed_document FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY action_printed_document_insert ON action_printed_document FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY action_printed_document_read ON action_printed_document FOR SELECT USING ('restricted' = ANY ({setting:visibilities}));
CREATE POLICY action_printed_document_update ON action_printed_document FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on') WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');

GRANT SELECT, INSERT, UPDATE, DELETE ON action_printed_document TO {role:actions};
