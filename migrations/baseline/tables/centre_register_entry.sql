CREATE TABLE centre_register_entry (
    "position" bigint GENERATED ALWAYS AS IDENTITY,
    centre_id uuid NOT NULL,
    registration_number text NOT NULL,
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility = 'public'),
    status text CHECK (status IN ('active', 'renewal_due', 'renewal_review', 'suspended', 'expired', 'closed')),
    recorded_on date NOT NULL,
    shown jsonb,
    changes jsonb NOT NULL,
    note text,
    PRIMARY KEY ("position"),
    CONSTRAINT centre_register_entry_check CHECK ((status IS NULL) = (shown IS NULL))
);

CREATE INDEX centre_register_entry_changes_idx ON centre_register_entry (recorded_on, "position") WHERE (changes <> '[]'::jsonb);
CREATE INDEX centre_register_entry_day_idx ON centre_register_entry (country, registration_number, recorded_on DESC, "position" DESC);

ALTER TABLE centre_register_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_register_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY centre_register_entry_append ON centre_register_entry FOR INSERT TO {role:search} WITH CHECK (true);
CREATE POLICY centre_register_entry_read ON centre_register_entry FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}));
CREATE POLICY centre_register_entry_search ON centre_register_entry FOR SELECT TO {role:search} USING (true);

GRANT SELECT, INSERT ON centre_register_entry TO {role:search};
GRANT SELECT ON centre_register_entry TO {role:centres};
