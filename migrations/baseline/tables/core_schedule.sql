CREATE TABLE core_schedule (
    name text NOT NULL,
    tick timestamptz NOT NULL,
    job uuid NOT NULL,
    PRIMARY KEY (name, tick)
);

GRANT SELECT, INSERT ON core_schedule TO {role:membership}, {role:centres}, {role:actions}, {role:access};
GRANT SELECT, DELETE ON core_schedule TO {role:relay};
