CREATE SEQUENCE centre_committee_meeting_ref_seq;

CREATE TABLE centre_committee_meeting (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('CMM', nextval('centre_committee_meeting_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('planned', 'held', 'approved', 'cancelled')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    committee_id uuid NOT NULL REFERENCES centre_committee (id),
    kind text NOT NULL CHECK (kind IN ('online', 'onsite', 'hybrid')),
    starts timestamptz NOT NULL,
    titles jsonb NOT NULL,
    search_key text NOT NULL,
    present uuid[] NOT NULL,
    apologies uuid[] NOT NULL,
    minutes jsonb,
    needed integer NOT NULL CHECK (needed > 0)
);

CREATE INDEX centre_committee_meeting_committee_idx ON centre_committee_meeting (committee_id, starts, id);
CREATE INDEX centre_committee_meeting_country_idx ON centre_committee_meeting (country, status, id);
CREATE INDEX centre_committee_meeting_minutes_evidence_idx ON centre_committee_meeting ((((minutes ->> 'evidence_id'))::uuid)) WHERE ((minutes ->> 'evidence_id') IS NOT NULL);
CREATE INDEX centre_committee_meeting_planned_idx ON centre_committee_meeting (committee_id) WHERE (status = 'planned');

ALTER TABLE centre_committee_meeting ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_committee_meeting FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_committee_meeting_delete ON centre_committee_meeting FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR committee_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_committee_meeting_documents ON centre_committee_meeting FOR SELECT TO {role:search} USING (true);
CREATE POLICY centre_committee_meeting_insert ON centre_committee_meeting FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR committee_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_committee_meeting_read ON centre_committee_meeting FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR committee_id::text = ANY ({setting:records}));
CREATE POLICY centre_committee_meeting_update ON centre_committee_meeting FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR committee_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR committee_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_committee_meeting TO {role:centres};
GRANT SELECT (id, ref, status, country, visibility, committee_id, minutes) ON centre_committee_meeting TO {role:search};
GRANT USAGE ON SEQUENCE centre_committee_meeting_ref_seq TO {role:centres};
