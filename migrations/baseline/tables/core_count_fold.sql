CREATE TABLE core_count_fold (
    number bigint PRIMARY KEY
);

GRANT SELECT, UPDATE ON core_count_fold TO {role:membership};
GRANT SELECT ON core_count_fold TO {role:actions};
