CREATE SEQUENCE centre_agreement_ref_seq;

CREATE TABLE centre_agreement (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('AGR', nextval('centre_agreement_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('drafting', 'in_negotiation', 'partly_signed', 'in_force', 'expired', 'terminated')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    centre_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('host', 'mou', 'tripartite')),
    parties jsonb NOT NULL,
    search_key text NOT NULL,
    effective date,
    expires date,
    document jsonb,
    amends_id uuid REFERENCES centre_agreement (id),
    reminded_on date,
    CONSTRAINT centre_agreement_check CHECK (amends_id <> id)
);

CREATE INDEX centre_agreement_amends_idx ON centre_agreement (amends_id) WHERE (amends_id IS NOT NULL);
CREATE INDEX centre_agreement_centre_idx ON centre_agreement (centre_id);
CREATE INDEX centre_agreement_country_idx ON centre_agreement (country, status, id);
CREATE INDEX centre_agreement_document_evidence_idx ON centre_agreement ((((document ->> 'evidence_id'))::uuid)) WHERE ((document ->> 'evidence_id') IS NOT NULL);
CREATE INDEX centre_agreement_expires_idx ON centre_agreement (expires) WHERE (status = 'in_force');

ALTER TABLE centre_agreement ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_agreement FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_agreement_delete ON centre_agreement FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_agreement_documents ON centre_agreement FOR SELECT TO {role:search} USING (true);
CREATE POLICY centre_agreement_insert ON centre_agreement FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));
CREATE POLICY centre_agreement_read ON centre_agreement FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR centre_id::text = ANY ({setting:records}));
CREATE POLICY centre_agreement_update ON centre_agreement FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR centre_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON centre_agreement TO {role:centres};
GRANT SELECT (id, ref, status, country, visibility, centre_id, document) ON centre_agreement TO {role:search};
GRANT USAGE ON SEQUENCE centre_agreement_ref_seq TO {role:centres};
