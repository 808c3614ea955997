CREATE TABLE action_country_fact (
    id uuid DEFAULT uuidv7() PRIMARY KEY,
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL DEFAULT 'public' CHECK (visibility = 'public'),
    key text NOT NULL,
    link text NOT NULL,
    day date NOT NULL,
    starts date NOT NULL,
    ends date,
    CONSTRAINT action_country_fact_check CHECK (ends >= starts)
);

CREATE INDEX action_country_fact_country_idx ON action_country_fact (country, key);
CREATE UNIQUE INDEX action_country_fact_open_key ON action_country_fact (country, key) WHERE (ends IS NULL);

ALTER TABLE action_country_fact ENABLE ROW LEVEL SECURITY;
ALTER TABLE action_country_fact FORCE ROW LEVEL SECURITY;
CREATE POLICY action_country_fact_delete ON action_country_fact FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_country_fact_insert ON action_country_fact FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY action_country_fact_read ON action_country_fact FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY action_country_fact_update ON action_country_fact FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON action_country_fact TO {role:actions};

COMMENT ON TABLE action_country_fact IS 'The days on which the facts of a country held: from starts until the day before ends. A row stays when its fact is lost.';
COMMENT ON COLUMN action_country_fact.day IS 'The day of the decision. A fact that was lost and is met again counts from a later day.';
