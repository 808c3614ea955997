CREATE SEQUENCE member_support_ref_seq;

CREATE TABLE member_support (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('SUP', nextval('member_support_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'accepted', 'rejected', 'withdrawn', 'annulled')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    initiative_id uuid NOT NULL REFERENCES member_initiative (id),
    expert_id uuid,
    institution_id uuid,
    capacity text NOT NULL CHECK (capacity IN ('personal', 'organisation')),
    organisation jsonb,
    organisation_id uuid,
    organisation_key text,
    affiliation uuid,
    listed_name text,
    signed_at timestamptz NOT NULL,
    consent_to_list boolean NOT NULL,
    consent_to_contact boolean NOT NULL,
    language text,
    evidence jsonb,
    text_digest text NOT NULL,
    email_verified boolean NOT NULL,
    hold text,
    rejected_for text,
    signer jsonb,
    certificate_id uuid,
    email_digest bytea,
    name_key text,
    network_key bytea,
    accepted_at timestamptz,
    ended_at timestamptz,
    replaced_by uuid,
    replaced_from text
);

CREATE INDEX member_support_affiliation_idx ON member_support (affiliation) WHERE (affiliation IS NOT NULL);
CREATE INDEX member_support_country_idx ON member_support (country, status, id);
CREATE INDEX member_support_email_idx ON member_support (email_digest) WHERE (email_digest IS NOT NULL);
CREATE INDEX member_support_evidence_evidence_idx ON member_support ((((evidence ->> 'evidence_id'))::uuid)) WHERE ((evidence ->> 'evidence_id') IS NOT NULL);
CREATE INDEX member_support_expert_idx ON member_support (expert_id) WHERE (expert_id IS NOT NULL);
CREATE UNIQUE INDEX member_support_expert_living_idx ON member_support (expert_id, initiative_id) WHERE (status IN ('pending', 'accepted') AND expert_id IS NOT NULL);
CREATE INDEX member_support_initiative_idx ON member_support (initiative_id, status, id);
CREATE INDEX member_support_institution_idx ON member_support (institution_id) WHERE (institution_id IS NOT NULL);
CREATE UNIQUE INDEX member_support_institution_living_idx ON member_support (institution_id, initiative_id) WHERE (status IN ('pending', 'accepted') AND institution_id IS NOT NULL);
CREATE INDEX member_support_listed_idx ON member_support (initiative_id, id) WHERE (status = 'accepted' AND visibility = 'public');
CREATE INDEX member_support_name_idx ON member_support (initiative_id, name_key, country) WHERE (status IN ('pending', 'accepted') AND name_key IS NOT NULL);
CREATE INDEX member_support_network_idx ON member_support (network_key, signed_at) WHERE (network_key IS NOT NULL);
CREATE INDEX member_support_network_kept_idx ON member_support (signed_at) WHERE (network_key IS NOT NULL);
CREATE INDEX member_support_of_organisation_idx ON member_support (organisation_id) WHERE (organisation_id IS NOT NULL);
CREATE INDEX member_support_organisation_idx ON member_support (initiative_id, organisation_id) WHERE (status = 'accepted' AND organisation_id IS NOT NULL);
CREATE INDEX member_support_replaced_idx ON member_support (replaced_by) WHERE (replaced_by IS NOT NULL);
CREATE INDEX member_support_retention_idx ON member_support (status, updated_at) WHERE (status IN ('pending', 'rejected'));
CREATE INDEX member_support_signed_idx ON member_support (initiative_id, signed_at, id);
CREATE INDEX member_support_unmatched_idx ON member_support (initiative_id, organisation_key) WHERE (status = 'accepted' AND organisation_id IS NULL AND organisation_key IS NOT NULL);

CREATE TRIGGER member_support_counted_delete AFTER DELETE ON member_support REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION member_support_counted();
CREATE TRIGGER member_support_counted_insert AFTER INSERT ON member_support REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION member_support_counted();
CREATE TRIGGER member_support_counted_update AFTER UPDATE ON member_support REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION member_support_counted();

ALTER TABLE member_support ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_support FORCE ROW LEVEL SECURITY;
CREATE POLICY member_support_delete ON member_support FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR ((COALESCE(expert_id, id))::text = ANY ({setting:write_records})));
CREATE POLICY member_support_documents ON member_support FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_support_follow ON member_support FOR UPDATE TO {role:search} USING (true) WITH CHECK (true);
CREATE POLICY member_support_insert ON member_support FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR ((COALESCE(expert_id, id))::text = ANY ({setting:write_records})));
CREATE POLICY member_support_read ON member_support FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR ((COALESCE(expert_id, id))::text = ANY ({setting:records})));
CREATE POLICY member_support_search ON member_support FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_support_update ON member_support FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR ((COALESCE(expert_id, id))::text = ANY ({setting:write_records}))) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR ((COALESCE(expert_id, id))::text = ANY ({setting:write_records})));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_support TO {role:membership};
GRANT SELECT(country), UPDATE(country) ON member_support TO {role:search};
GRANT SELECT(organisation_id), UPDATE(organisation_id) ON member_support TO {role:search};
GRANT SELECT(affiliation), UPDATE(affiliation) ON member_support TO {role:search};
GRANT SELECT (id, ref, status, visibility, initiative_id, expert_id, organisation_key, evidence, accepted_at, ended_at) ON member_support TO {role:search};
GRANT USAGE ON SEQUENCE member_support_ref_seq TO {role:membership};
