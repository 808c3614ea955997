CREATE SEQUENCE member_erasure_ref_seq;

CREATE TABLE member_erasure (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('ERA', nextval('member_erasure_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('proposed', 'requested', 'held', 'running', 'done', 'cancelled')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    expert_id uuid NOT NULL,
    account_id uuid,
    requested_by uuid[] NOT NULL,
    second_person uuid,
    was_restricted boolean NOT NULL,
    subjects uuid[] NOT NULL,
    due_at timestamptz,
    held_until date,
    done_at timestamptz,
    reports jsonb NOT NULL,
    review jsonb NOT NULL
);

CREATE INDEX member_erasure_country_idx ON member_erasure (country, status, id);
CREATE INDEX member_erasure_expert_idx ON member_erasure (expert_id);
CREATE INDEX member_erasure_open_idx ON member_erasure (status, due_at) WHERE (status IN ('requested', 'held', 'running'));

ALTER TABLE member_erasure ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_erasure FORCE ROW LEVEL SECURITY;
CREATE POLICY member_erasure_delete ON member_erasure FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_erasure_follow ON member_erasure FOR UPDATE TO {role:search} USING (true) WITH CHECK (true);
CREATE POLICY member_erasure_insert ON member_erasure FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));
CREATE POLICY member_erasure_read ON member_erasure FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR expert_id::text = ANY ({setting:records}));
CREATE POLICY member_erasure_search ON member_erasure FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_erasure_update ON member_erasure FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR expert_id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_erasure TO {role:membership};
GRANT UPDATE (country), SELECT (expert_id) ON member_erasure TO {role:search};
GRANT USAGE ON SEQUENCE member_erasure_ref_seq TO {role:membership};
