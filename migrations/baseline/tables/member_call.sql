CREATE SEQUENCE member_call_ref_seq;

CREATE TABLE member_call (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('CAL', nextval('member_call_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'open', 'assessing', 'decided', 'published', 'cancelled')),
    country text CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    code text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('membership', 'committee', 'editorial', 'evaluation')),
    titles jsonb NOT NULL,
    texts jsonb NOT NULL,
    opens timestamptz NOT NULL,
    nominee_deadline timestamptz NOT NULL,
    nominator_deadline timestamptz NOT NULL,
    first_deadlines jsonb,
    self_nomination boolean NOT NULL,
    nominator_kinds text[] NOT NULL,
    eligibility jsonb NOT NULL,
    criteria jsonb NOT NULL,
    seats integer NOT NULL CHECK (seats >= 1 AND seats <= 500),
    targets jsonb NOT NULL,
    panel jsonb NOT NULL,
    decision jsonb,
    published_at timestamptz,
    search_key text NOT NULL
);

CREATE INDEX member_call_country_idx ON member_call (country, status, id);
CREATE INDEX member_call_deadline_idx ON member_call (nominator_deadline) WHERE (status = 'open');
CREATE INDEX member_call_decision_evidence_idx ON member_call ((((decision ->> 'evidence_id'))::uuid)) WHERE ((decision ->> 'evidence_id') IS NOT NULL);
CREATE INDEX member_call_panel_idx ON member_call USING gin (panel jsonb_path_ops);

ALTER TABLE member_call ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_call FORCE ROW LEVEL SECURITY;
CREATE POLICY member_call_delete ON member_call FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_call_documents ON member_call FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_call_insert ON member_call FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_call_read ON member_call FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY member_call_search ON member_call FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_call_update ON member_call FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_call TO {role:membership};
GRANT SELECT (id, ref, status, country, visibility, decision) ON member_call TO {role:search};
GRANT USAGE ON SEQUENCE member_call_ref_seq TO {role:membership};
