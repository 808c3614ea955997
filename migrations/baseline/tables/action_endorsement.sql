CREATE SEQUENCE action_endorsement_ref_seq;

CREATE TABLE action_endorsement (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('END', nextval('action_endorsement_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('claimed', 'verified', 'expired', 'withdrawn', 'superseded')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    body jsonb,
    body_id uuid,
    level smallint NOT NULL CHECK (level >= 1 AND level <= 5),
    document jsonb,
    issued date,
    valid_to date,
    verified_on date,
    search_key text NOT NULL,
    claimants uuid[] NOT NULL DEFAULT '{}',
    withdrawn_on date,
    withdrawal_reason text,
    CONSTRAINT action_endorsement_check CHECK ((body IS NULL) <> (body_id IS NULL)),
    CONSTRAINT action_endorsement_check1 CHECK (status NOT IN ('verified', 'expired', 'superseded') OR (document IS NOT NULL AND verified_on IS NOT NULL))
);

CREATE INDEX action_endorsement_country_idx ON action_endorsement (country, status, id);
CREATE INDEX action_endorsement_created_idx ON action_endorsement (created_at, id);
CREATE INDEX action_endorsement_document_evidence_idx ON action_endorsement ((((document ->> 'evidence_id'))::uuid)) WHERE ((document ->> 'evidence_id') IS NOT NULL);
CREATE INDEX action_endorsement_updated_idx ON action_endorsement (updated_at, id);
CREATE INDEX action_endorsement_valid_idx ON action_endorsement (valid_to) WHERE (status = 'verified');

CREATE TRIGGER action_endorsement_counted_delete AFTER DELETE ON action_endorsement REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION action_endorsement_counted();
CREATE TRIGGER action_endorsement_counted_insert AFTER INSERT ON action_endorsement REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_endorsement_counted();
CREATE TRIGGER action_endorsement_counted_update AFTER UPDATE ON action_endorsement REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_endorsement_counted();

ALTER TABLE action_endorsement ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_endorsement FORCE ROW LEVEL SECURITY;
CREATE POLICY action_endorsement_delete ON action_endorsement FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_endorsement_documents ON action_endorsement FOR SELECT TO {role:search} USING (true);
CREATE POLICY action_endorsement_insert ON action_endorsement FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_endorsement_read ON action_endorsement FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_endorsement_update ON action_endorsement FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_endorsement TO {role:actions};
GRANT SELECT (id, ref, status, country, visibility, document) ON action_endorsement TO {role:search};
GRANT USAGE ON SEQUENCE action_endorsement_ref_seq TO {role:actions};
