CREATE SEQUENCE member_nomination_ref_seq;

CREATE TABLE member_nomination (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('NOM', nextval('member_nomination_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'awaiting_nominator', 'nominated', 'declined', 'lapsed', 'selected', 'not_selected')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    call_id uuid NOT NULL REFERENCES member_call (id),
    expert_id uuid NOT NULL,
    nominator jsonb NOT NULL,
    motivation text,
    documents jsonb NOT NULL,
    interests jsonb,
    consents jsonb NOT NULL,
    statement text,
    extended_until timestamptz,
    appeal jsonb,
    nominator_key text NOT NULL,
    nominators_asked integer NOT NULL,
    conflicts jsonb NOT NULL
);

CREATE INDEX member_nomination_call_idx ON member_nomination (call_id, status, id);
CREATE INDEX member_nomination_conflicts_idx ON member_nomination USING gin (conflicts jsonb_path_ops);
CREATE INDEX member_nomination_country_idx ON member_nomination (country, status, id);
CREATE INDEX member_nomination_documents_evidence_idx ON member_nomination USING gin (documents jsonb_path_ops) WITH (fastupdate=off);
CREATE INDEX member_nomination_expert_idx ON member_nomination (expert_id);
CREATE INDEX member_nomination_retention_idx ON member_nomination (status, updated_at);
CREATE INDEX member_nomination_waiting_idx ON member_nomination (id) WHERE (status IN ('draft', 'awaiting_nominator'));

ALTER TABLE member_nomination ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_nomination FORCE ROW LEVEL SECURITY;
CREATE POLICY member_nomination_conflict ON member_nomination AS RESTRICTIVE FOR SELECT TO {role:membership} USING (expert_id::text = ANY ({setting:records}) OR (NOT ((conflicts <> '[]'::jsonb) AND (EXISTS ( SELECT FROM jsonb_array_elements(member_nomination.conflicts) c(value) WHERE ((c.value ->> 'expert_id') = ANY ({setting:records})))))));
CREATE POLICY member_nomination_delete ON member_nomination FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_nomination_documents ON member_nomination FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_nomination_follow ON member_nomination FOR UPDATE TO {role:search} USING (true) WITH CHECK (true);
CREATE POLICY member_nomination_insert ON member_nomination FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_nomination_panel_read ON member_nomination FOR SELECT USING (id::text = ANY ({setting:records}) OR (call_id::text = ANY ({setting:records}) AND status IN ('nominated', 'selected', 'not_selected')));
CREATE POLICY member_nomination_panel_update ON member_nomination FOR UPDATE USING (id::text = ANY ({setting:write_records}) OR (call_id::text = ANY ({setting:write_records}) AND status IN ('nominated', 'selected', 'not_selected'))) WITH CHECK (id::text = ANY ({setting:write_records}) OR (call_id::text = ANY ({setting:write_records}) AND status IN ('nominated', 'selected', 'not_selected')));
CREATE POLICY member_nomination_read ON member_nomination FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR expert_id::text = ANY ({setting:records}));
CREATE POLICY member_nomination_search ON member_nomination FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_nomination_update ON member_nomination FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_nomination TO {role:membership};
GRANT SELECT(country), UPDATE(country) ON member_nomination TO {role:search};
GRANT SELECT (id, ref, status, visibility, call_id, expert_id, documents, conflicts) ON member_nomination TO {role:search};
GRANT USAGE ON SEQUENCE member_nomination_ref_seq TO {role:membership};
