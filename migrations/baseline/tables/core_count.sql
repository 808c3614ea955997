CREATE TABLE core_count (
    kind text NOT NULL,
    visibility text NOT NULL,
    status text NOT NULL,
    country text NOT NULL,
    category text NOT NULL,
    tag text NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (kind, visibility, status, country, category, tag)
);

ALTER TABLE core_count ENABLE ROW LEVEL SECURITY;
ALTER TABLE core_count FORCE ROW LEVEL SECURITY;
CREATE POLICY core_count_insert ON core_count FOR INSERT WITH CHECK (country = ANY ({setting:write_countries}));
CREATE POLICY core_count_read ON core_count FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}));
CREATE POLICY core_count_update ON core_count FOR UPDATE USING (country = ANY ({setting:write_countries})) WITH CHECK (country = ANY ({setting:write_countries}));

GRANT SELECT ON core_count TO {role:actions};
GRANT SELECT, INSERT, UPDATE ON core_count TO {role:membership};

COMMENT ON TABLE core_count IS 'the sums of core_count_day over all days';
