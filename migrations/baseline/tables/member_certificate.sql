CREATE SEQUENCE member_certificate_ref_seq;

CREATE TABLE member_certificate (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('CRT', nextval('member_certificate_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('issued', 'suspended', 'revoked', 'replaced', 'expired')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('support', 'membership', 'designation', 'review', 'participation', 'authorship')),
    holder_key uuid NOT NULL,
    expert_id uuid,
    institution_id uuid,
    centre_id uuid,
    holder_name text NOT NULL,
    search_key text NOT NULL,
    name_differs boolean NOT NULL,
    subject_resource text,
    subject_id uuid,
    subject_year integer,
    language text NOT NULL,
    paper_number text UNIQUE,
    code text NOT NULL UNIQUE,
    valid_to date,
    template_version text,
    status_index integer NOT NULL DEFAULT member_certificate_place() UNIQUE,
    suspended_by text,
    revoked_for text,
    replaced_by uuid,
    CONSTRAINT member_certificate_check CHECK ((num_nonnulls(expert_id, institution_id, centre_id) = 1) AND (holder_key = COALESCE(expert_id, institution_id, centre_id))),
    CONSTRAINT member_certificate_check1 CHECK (num_nonnulls(subject_id, subject_year) = 1)
);

CREATE INDEX member_certificate_country_idx ON member_certificate (country, status, id);
CREATE INDEX member_certificate_expert_idx ON member_certificate (expert_id);
CREATE INDEX member_certificate_holder_idx ON member_certificate (holder_key);
CREATE UNIQUE INDEX member_certificate_living_idx ON member_certificate (holder_key, kind, subject_resource, subject_id, subject_year) NULLS NOT DISTINCT WHERE (status IN ('issued', 'suspended'));
CREATE INDEX member_certificate_name_differs_idx ON member_certificate (country, id) WHERE name_differs;
CREATE INDEX member_certificate_search_idx ON member_certificate USING gin (search_key public.gin_trgm_ops);
CREATE INDEX member_certificate_status_list_idx ON member_certificate (status_index, status) WHERE (status IN ('revoked', 'replaced', 'suspended'));
CREATE INDEX member_certificate_subject_idx ON member_certificate (subject_id) WHERE (subject_id IS NOT NULL);
CREATE INDEX member_certificate_valid_to_idx ON member_certificate (valid_to) WHERE (status IN ('issued', 'suspended'));

ALTER TABLE member_certificate ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_certificate FORCE ROW LEVEL SECURITY;
CREATE POLICY member_certificate_delete ON member_certificate FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR holder_key::text = ANY ({setting:write_records}));
CREATE POLICY member_certificate_follow ON member_certificate FOR UPDATE TO {role:search} USING (true) WITH CHECK (true);
CREATE POLICY member_certificate_insert ON member_certificate FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR holder_key::text = ANY ({setting:write_records}));
CREATE POLICY member_certificate_read ON member_certificate FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR holder_key::text = ANY ({setting:records}));
CREATE POLICY member_certificate_search ON member_certificate FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_certificate_update ON member_certificate FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR holder_key::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR holder_key::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_certificate TO {role:membership};
GRANT SELECT(country), UPDATE(country) ON member_certificate TO {role:search};
GRANT SELECT (id, visibility, holder_key, expert_id, search_key, status_index) ON member_certificate TO {role:search};
GRANT USAGE ON SEQUENCE member_certificate_ref_seq TO {role:membership};
