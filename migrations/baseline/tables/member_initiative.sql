CREATE SEQUENCE member_initiative_ref_seq;

CREATE TABLE member_initiative (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('INI', nextval('member_initiative_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'open', 'closed', 'withdrawn')),
    country text CHECK (country IS NULL),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    code text NOT NULL UNIQUE,
    titles jsonb NOT NULL,
    texts jsonb NOT NULL,
    adopted_at text,
    congress_id uuid,
    opens timestamptz,
    closes timestamptz,
    signers text[] NOT NULL,
    certificate boolean NOT NULL,
    published_figures jsonb NOT NULL,
    text_digests jsonb NOT NULL,
    search_key text NOT NULL
);

CREATE INDEX member_initiative_status_idx ON member_initiative (status, id);

ALTER TABLE member_initiative ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_initiative FORCE ROW LEVEL SECURITY;
CREATE POLICY member_initiative_delete ON member_initiative FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_initiative_insert ON member_initiative FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_initiative_public ON member_initiative FOR SELECT USING (visibility = 'public' AND ((cardinality({setting:visibilities}) > 0) OR (cardinality({setting:countries}) > 0) OR (cardinality({setting:records}) > 0)));
CREATE POLICY member_initiative_read ON member_initiative FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY member_initiative_update ON member_initiative FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_initiative TO {role:membership};
GRANT USAGE ON SEQUENCE member_initiative_ref_seq TO {role:membership};
