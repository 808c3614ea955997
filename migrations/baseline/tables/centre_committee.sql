CREATE SEQUENCE centre_committee_ref_seq;

CREATE TABLE centre_committee (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('COM', nextval('centre_committee_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('proposed', 'preparatory', 'recognition_review', 'recognised', 'suspended', 'dissolved', 'abandoned')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    names jsonb NOT NULL,
    search_key text NOT NULL,
    host_institution_id uuid,
    partner_institution_ids uuid[] NOT NULL,
    decision jsonb,
    bylaws jsonb,
    previous_status text,
    formed_on date,
    recognised_on date,
    ended_on date,
    quorum integer CHECK (quorum >= 1 AND quorum <= 100),
    decision_id uuid,
    rotation jsonb
);

CREATE INDEX centre_committee_bylaws_evidence_idx ON centre_committee ((((bylaws ->> 'evidence_id'))::uuid)) WHERE ((bylaws ->> 'evidence_id') IS NOT NULL);
CREATE INDEX centre_committee_country_idx ON centre_committee (country, status, id);
CREATE INDEX centre_committee_created_idx ON centre_committee (created_at, id);
CREATE INDEX centre_committee_decision_evidence_idx ON centre_committee ((((decision ->> 'evidence_id'))::uuid)) WHERE ((decision ->> 'evidence_id') IS NOT NULL);
CREATE INDEX centre_committee_decision_idx ON centre_committee (decision_id) WHERE (decision_id IS NOT NULL);
CREATE INDEX centre_committee_host_idx ON centre_committee (host_institution_id);
CREATE UNIQUE INDEX centre_committee_living_key ON centre_committee (country) WHERE (status NOT IN ('dissolved', 'abandoned'));
CREATE INDEX centre_committee_partner_idx ON centre_committee USING gin (partner_institution_ids);
CREATE INDEX centre_committee_updated_idx ON centre_committee (updated_at, id);

CREATE TRIGGER centre_committee_quorum_follows AFTER UPDATE OF quorum ON centre_committee FOR EACH ROW EXECUTE FUNCTION centre_quorum_follows();
CREATE TRIGGER centre_committee_rotation_follows AFTER UPDATE OF rotation ON centre_committee FOR EACH ROW EXECUTE FUNCTION centre_rotation_follows();

ALTER TABLE centre_committee ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_committee FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_committee_delete ON centre_committee FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY centre_committee_documents ON centre_committee FOR SELECT TO {role:search} USING (true);
CREATE POLICY centre_committee_insert ON centre_committee FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY centre_committee_read ON centre_committee FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY centre_committee_update ON centre_committee FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_committee TO {role:centres};
GRANT SELECT (id, ref, status, country, visibility, decision, bylaws) ON centre_committee TO {role:search};
GRANT USAGE ON SEQUENCE centre_committee_ref_seq TO {role:centres};
