CREATE TABLE core_fact (
    "position" bigint NOT NULL,
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
    sequenced_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    country_left text,
    PRIMARY KEY ("position")
);

GRANT SELECT ON core_fact TO {role:membership}, {role:centres}, {role:actions}, {role:access};
GRANT SELECT, INSERT, DELETE ON core_fact TO {role:relay};
