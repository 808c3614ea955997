CREATE TABLE core_count_day (
    kind text NOT NULL,
    visibility text NOT NULL,
    status text NOT NULL,
    country text NOT NULL,
    category text NOT NULL,
    tag text NOT NULL,
    day date NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (kind, visibility, status, country, category, tag, day)
);

ALTER TABLE core_count_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE core_count_day FORCE ROW LEVEL SECURITY;
CREATE POLICY core_count_day_insert ON core_count_day FOR INSERT WITH CHECK (country = ANY ({setting:write_countries}));
CREATE POLICY core_count_day_read ON core_count_day FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}));
CREATE POLICY core_count_day_update ON core_count_day FOR UPDATE USING (country = ANY ({setting:write_countries})) WITH CHECK (country = ANY ({setting:write_countries}));

GRANT SELECT ON core_count_day TO {role:actions};
GRANT SELECT, INSERT, UPDATE ON core_count_day TO {role:membership};
