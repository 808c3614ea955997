CREATE SEQUENCE centre_decision_ref_seq;

CREATE TABLE centre_decision (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('CMD', nextval('centre_decision_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'adopted', 'rejected', 'deferred')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    meeting_id uuid NOT NULL REFERENCES centre_committee_meeting (id),
    committee_id uuid NOT NULL REFERENCES centre_committee (id),
    titles jsonb NOT NULL,
    search_key text NOT NULL,
    text text,
    votes jsonb NOT NULL,
    recused uuid[] NOT NULL,
    about jsonb NOT NULL,
    decided_on date
);

CREATE INDEX centre_decision_about_idx ON centre_decision USING gin (about jsonb_path_ops);
CREATE INDEX centre_decision_committee_idx ON centre_decision (committee_id, id);
CREATE INDEX centre_decision_country_idx ON centre_decision (country, status, id);
CREATE INDEX centre_decision_meeting_idx ON centre_decision (meeting_id, id);

ALTER TABLE centre_decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_decision FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_decision_delete ON centre_decision FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR committee_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_decision_insert ON centre_decision FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR committee_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_decision_read ON centre_decision FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR committee_id::text = ANY ({setting:records}));
CREATE POLICY centre_decision_update ON centre_decision FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR committee_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR committee_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_decision TO {role:centres};
GRANT USAGE ON SEQUENCE centre_decision_ref_seq TO {role:centres};
