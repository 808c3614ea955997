CREATE TABLE core_consumer (
    service text NOT NULL,
    bulk boolean NOT NULL,
    "position" bigint NOT NULL DEFAULT 0,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (service, bulk)
)
WITH (fillfactor='50');

GRANT SELECT, INSERT, UPDATE ON core_consumer TO {role:membership}, {role:centres}, {role:actions}, {role:access};
GRANT SELECT, UPDATE ON core_consumer TO {role:relay};
