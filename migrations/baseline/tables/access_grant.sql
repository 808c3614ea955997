CREATE SEQUENCE access_grant_ref_seq;

CREATE TABLE access_grant (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('GRT', nextval('access_grant_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('proposed', 'active', 'revoked', 'expired')),
    country text,
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    principal_kind text NOT NULL CHECK (principal_kind IN ('account', 'client')),
    principal_id uuid NOT NULL,
    role text NOT NULL,
    scope_kind text NOT NULL,
    scope_id text,
    starts date NOT NULL,
    ends date,
    reason text,
    second_person uuid REFERENCES access_account (id),
    delegated_from uuid REFERENCES access_grant (id),
    caused_by text,
    CONSTRAINT access_grant_check CHECK ((scope_id IS NULL) = (scope_kind = 'global')),
    CONSTRAINT access_grant_check1 CHECK (ends >= starts)
);

CREATE INDEX access_grant_delegated_from_idx ON access_grant (delegated_from) WHERE (delegated_from IS NOT NULL);
CREATE INDEX access_grant_ends_idx ON access_grant (ends) WHERE (status IN ('proposed', 'active'));
CREATE INDEX access_grant_office_idx ON access_grant (scope_id, role) WHERE (scope_kind IN ('country', 'centre') AND status = 'active');
CREATE INDEX access_grant_principal_idx ON access_grant (principal_kind, principal_id);
CREATE INDEX access_grant_scope_idx ON access_grant (scope_id) WHERE (scope_kind IN ('self', 'record', 'institution'));
CREATE INDEX access_grant_second_person_idx ON access_grant (second_person) WHERE (second_person IS NOT NULL);

ALTER TABLE access_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_grant FORCE ROW LEVEL SECURITY;
CREATE POLICY access_grant_delete ON access_grant FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_grant_insert ON access_grant FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_grant_published ON access_grant FOR SELECT TO {role:owner} USING (true);
CREATE POLICY access_grant_read ON access_grant FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}) OR (SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_grant_update ON access_grant FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on') WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');

GRANT SELECT, INSERT, UPDATE ON access_grant TO {role:access};
GRANT USAGE ON SEQUENCE access_grant_ref_seq TO {role:access};
