CREATE TABLE core_subscription (
    service text NOT NULL,
    pattern text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (service, pattern)
)
WITH (fillfactor='50');

GRANT SELECT, INSERT, UPDATE ON core_subscription TO {role:membership}, {role:centres}, {role:actions}, {role:access};
GRANT SELECT, DELETE ON core_subscription TO {role:relay};
