CREATE SEQUENCE action_support_request_ref_seq;

CREATE TABLE action_support_request (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('SRQ', nextval('action_support_request_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'submitted', 'matching', 'in_delivery', 'delivered', 'closed', 'declined', 'unmatched', 'cancelled')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    titles jsonb NOT NULL,
    need jsonb NOT NULL,
    kind text NOT NULL CHECK (kind IN ('science', 'training', 'review', 'data', 'advice', 'other')),
    fields text[] NOT NULL,
    planetary_boundaries text[] NOT NULL,
    ecosystems text[] NOT NULL,
    keywords text[] NOT NULL,
    languages text[] NOT NULL,
    codes jsonb NOT NULL,
    mode text NOT NULL CHECK (mode IN ('remote', 'onsite', 'both')),
    wanted_from date,
    wanted_to date,
    days integer CHECK (days >= 1 AND days <= 365),
    programme_id uuid REFERENCES action_programme (id),
    action_id uuid REFERENCES action_action (id),
    centre_id uuid,
    documents jsonb NOT NULL,
    expert_ids uuid[] NOT NULL,
    delivery_document jsonb,
    rating integer CHECK (rating >= 1 AND rating <= 5),
    rating_text text,
    clock_days jsonb,
    clock_holder text CHECK (clock_holder IN ('country', 'secretariat', 'expert')),
    clock_since timestamptz,
    clock_target timestamptz,
    overdue_at timestamptz,
    search_key text NOT NULL,
    CONSTRAINT action_support_request_check CHECK (wanted_to >= wanted_from)
);

CREATE INDEX action_support_request_action_idx ON action_support_request (action_id, id) WHERE (action_id IS NOT NULL);
CREATE INDEX action_support_request_centre_idx ON action_support_request (centre_id, id) WHERE (centre_id IS NOT NULL);
CREATE INDEX action_support_request_country_idx ON action_support_request (country, status, id);
CREATE INDEX action_support_request_delivery_document_evidence_idx ON action_support_request ((((delivery_document ->> 'evidence_id'))::uuid)) WHERE ((delivery_document ->> 'evidence_id') IS NOT NULL);
CREATE INDEX action_support_request_documents_evidence_idx ON action_support_request USING gin (documents jsonb_path_ops) WITH (fastupdate=off);
CREATE INDEX action_support_request_experts_idx ON action_support_request USING gin (expert_ids);
CREATE INDEX action_support_request_kind_idx ON action_support_request (kind, id);
CREATE INDEX action_support_request_programme_idx ON action_support_request (programme_id, id) WHERE (programme_id IS NOT NULL);
CREATE INDEX action_support_request_target_idx ON action_support_request (clock_target) WHERE (overdue_at IS NULL AND clock_target IS NOT NULL);

CREATE TRIGGER action_support_request_codes_follow AFTER INSERT OR DELETE OR UPDATE OF codes, status, country, visibility ON action_support_request FOR EACH ROW EXECUTE FUNCTION action_support_request_codes_follow();
CREATE TRIGGER action_support_request_counted_delete AFTER DELETE ON action_support_request REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION action_support_request_counted();
CREATE TRIGGER action_support_request_counted_insert AFTER INSERT ON action_support_request REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_support_request_counted();
CREATE TRIGGER action_support_request_counted_update AFTER UPDATE ON action_support_request REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION action_support_request_counted();

ALTER TABLE action_support_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_support_request FORCE ROW LEVEL SECURITY;
CREATE POLICY action_support_request_delete ON action_support_request FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_support_request_documents ON action_support_request FOR SELECT TO {role:search} USING (true);
CREATE POLICY action_support_request_expert_read ON action_support_request FOR SELECT USING (expert_ids::text[] && ( SELECT string_to_array(NULLIF(current_setting('escm.records', true), ''), ',') AS string_to_array));
CREATE POLICY action_support_request_expert_update ON action_support_request FOR UPDATE USING (expert_ids::text[] && ( SELECT string_to_array(NULLIF(current_setting('escm.write_records', true), ''), ',') AS string_to_array)) WITH CHECK (expert_ids::text[] && ( SELECT string_to_array(NULLIF(current_setting('escm.write_records', true), ''), ',') AS string_to_array));
CREATE POLICY action_support_request_insert ON action_support_request FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_support_request_read ON action_support_request FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_support_request_update ON action_support_request FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_support_request TO {role:actions};
GRANT SELECT (id, ref, status, country, visibility, documents, delivery_document) ON action_support_request TO {role:search};
GRANT USAGE ON SEQUENCE action_support_request_ref_seq TO {role:actions};
