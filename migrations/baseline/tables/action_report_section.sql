CREATE SEQUENCE action_report_section_ref_seq;

CREATE TABLE action_report_section (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('PRS', nextval('action_report_section_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status = 'recorded'),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    report_id uuid NOT NULL REFERENCES action_report (id),
    key text NOT NULL,
    item text,
    "position" integer NOT NULL,
    state text NOT NULL CHECK (state IN ('empty', 'draft', 'done')),
    answers jsonb NOT NULL,
    codes jsonb NOT NULL,
    prefilled text[] NOT NULL,
    confirmed boolean NOT NULL,
    authors uuid[] NOT NULL,
    answered jsonb NOT NULL
);

CREATE INDEX action_report_section_answered_evidence_idx ON action_report_section USING gin (answered jsonb_path_ops) WITH (fastupdate=off);
CREATE UNIQUE INDEX action_report_section_key ON action_report_section (report_id, key, COALESCE(item, ''));
CREATE INDEX action_report_section_report_idx ON action_report_section (report_id, "position");

CREATE TRIGGER action_report_section_codes_delete AFTER DELETE ON action_report_section FOR EACH ROW WHEN (old.codes <> '[]'::jsonb) EXECUTE FUNCTION action_report_section_codes_follow();
CREATE TRIGGER action_report_section_codes_insert AFTER INSERT ON action_report_section FOR EACH ROW WHEN (new.codes <> '[]'::jsonb) EXECUTE FUNCTION action_report_section_codes_follow();
CREATE TRIGGER action_report_section_codes_update AFTER UPDATE OF codes, visibility ON action_report_section FOR EACH ROW WHEN (new.codes <> old.codes OR (new.visibility <> old.visibility AND (new.codes <> '[]'::jsonb))) EXECUTE FUNCTION action_report_section_codes_follow();

ALTER TABLE action_report_section ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_report_section FORCE ROW LEVEL SECURITY;
CREATE POLICY action_report_section_delete ON action_report_section FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR report_id::text = ANY ({setting:write_records}));
CREATE POLICY action_report_section_documents ON action_report_section FOR SELECT TO {role:search} USING (true);
CREATE POLICY action_report_section_insert ON action_report_section FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR report_id::text = ANY ({setting:write_records}));
CREATE POLICY action_report_section_read ON action_report_section FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR report_id::text = ANY ({setting:records}));
CREATE POLICY action_report_section_update ON action_report_section FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR report_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR report_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_report_section TO {role:actions};
GRANT SELECT (report_id, answered) ON action_report_section TO {role:search};
GRANT USAGE ON SEQUENCE action_report_section_ref_seq TO {role:actions};
