CREATE TABLE member_duplicate_search (
    resource text PRIMARY KEY,
    covered_until timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON member_duplicate_search TO {role:membership};

COMMENT ON TABLE member_duplicate_search IS 'until when changes of records were searched for duplicates';
