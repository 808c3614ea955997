CREATE TABLE core_idempotency (
    day date NOT NULL DEFAULT ((now() AT TIME ZONE 'UTC'))::date,
    scope bytea NOT NULL,
    digest bytea NOT NULL,
    status smallint NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    authority bytea,
    PRIMARY KEY (scope, day)
)
PARTITION BY RANGE (day);

GRANT SELECT, INSERT, DELETE ON core_idempotency TO {role:membership};
GRANT SELECT, INSERT ON core_idempotency TO {role:centres}, {role:actions}, {role:access};
