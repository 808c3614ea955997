CREATE TABLE member_affiliation_rematch (
    single boolean PRIMARY KEY CHECK (single),
    institutions_at timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON member_affiliation_rematch TO {role:membership};
