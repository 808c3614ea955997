CREATE SEQUENCE member_consent_ref_seq;

CREATE TABLE member_consent (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('CNS', nextval('member_consent_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('given', 'withdrawn', 'superseded')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    expert_id uuid NOT NULL,
    purpose text NOT NULL,
    notice_version text NOT NULL,
    language text NOT NULL,
    proof jsonb NOT NULL
);

CREATE INDEX member_consent_country_idx ON member_consent (country, status, id);
CREATE INDEX member_consent_expert_idx ON member_consent (expert_id, purpose);
CREATE INDEX member_consent_proof_document_evidence_idx ON member_consent (((((proof -> 'document') ->> 'evidence_id'))::uuid)) WHERE (((proof -> 'document') ->> 'evidence_id') IS NOT NULL);
CREATE INDEX member_consent_retention_idx ON member_consent (status, updated_at);

ALTER TABLE member_consent ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_consent FORCE ROW LEVEL SECURITY;
CREATE POLICY member_consent_delete ON member_consent FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_consent_documents ON member_consent FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_consent_follow ON member_consent FOR UPDATE TO {role:search} USING (true) WITH CHECK (true);
CREATE POLICY member_consent_insert ON member_consent FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_consent_read ON member_consent FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR expert_id::text = ANY ({setting:records}));
CREATE POLICY member_consent_search ON member_consent FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_consent_update ON member_consent FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_consent TO {role:membership};
GRANT SELECT(country), UPDATE(country) ON member_consent TO {role:search};
GRANT SELECT (id, ref, status, visibility, expert_id, proof) ON member_consent TO {role:search};
GRANT USAGE ON SEQUENCE member_consent_ref_seq TO {role:membership};
