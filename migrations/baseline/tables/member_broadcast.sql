CREATE SEQUENCE member_broadcast_ref_seq;

CREATE TABLE member_broadcast (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('BRC', nextval('member_broadcast_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'approved', 'sending', 'paused', 'sent', 'cancelled')),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    subjects jsonb NOT NULL,
    texts jsonb NOT NULL,
    segment jsonb NOT NULL,
    purpose text NOT NULL CHECK (purpose IN ('outreach', 'service')),
    send_at timestamptz,
    per_minute integer NOT NULL CHECK (per_minute >= 1 AND per_minute <= 600),
    authors uuid[] NOT NULL,
    frozen_at timestamptz,
    final_counts jsonb
);

CREATE INDEX member_broadcast_status_idx ON member_broadcast (status, id);

ALTER TABLE member_broadcast ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_broadcast FORCE ROW LEVEL SECURITY;
CREATE POLICY member_broadcast_delete ON member_broadcast FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_broadcast_insert ON member_broadcast FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_broadcast_read ON member_broadcast FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY member_broadcast_update ON member_broadcast FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_broadcast TO {role:membership};
GRANT USAGE ON SEQUENCE member_broadcast_ref_seq TO {role:membership};
