CREATE TABLE core_outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fact uuid NOT NULL,
    type text NOT NULL,
    "time" timestamptz NOT NULL,
    subject uuid NOT NULL,
    ref text NOT NULL,
    version integer NOT NULL,
    country text,
    visibility text,
    link text NOT NULL,
    traceparent text,
    bulk boolean NOT NULL,
    country_left text
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='0');

GRANT INSERT ON core_outbox TO {role:membership}, {role:centres}, {role:actions}, {role:access};
GRANT SELECT, DELETE ON core_outbox TO {role:relay};
