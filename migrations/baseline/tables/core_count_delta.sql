CREATE TABLE core_count_delta (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day date NOT NULL DEFAULT ((now() AT TIME ZONE 'UTC'))::date,
    kind text NOT NULL,
    visibility text NOT NULL,
    status text NOT NULL,
    country text NOT NULL,
    category text NOT NULL,
    tags text[],
    n integer NOT NULL
);

ALTER TABLE core_count_delta ENABLE ROW LEVEL SECURITY;
ALTER TABLE core_count_delta FORCE ROW LEVEL SECURITY;
CREATE POLICY core_count_delta_append ON core_count_delta FOR INSERT WITH CHECK (true);
CREATE POLICY core_count_delta_fold ON core_count_delta FOR DELETE USING (country = ANY ({setting:write_countries}));
CREATE POLICY core_count_delta_read ON core_count_delta FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}));

GRANT SELECT, INSERT ON core_count_delta TO {role:actions}, {role:centres};
GRANT SELECT, INSERT, DELETE ON core_count_delta TO {role:membership};
GRANT INSERT ON core_count_delta TO {role:search};

COMMENT ON COLUMN core_count_delta.tags IS 'values of which a record may have several; null where the kind has none';
