CREATE TABLE access_last_use (
    kind text NOT NULL CHECK (kind IN ('client', 'key', 'session')),
    id uuid NOT NULL,
    used_at timestamptz NOT NULL,
    PRIMARY KEY (kind, id)
);

GRANT SELECT, INSERT, UPDATE ON access_last_use TO {role:membership}, {role:centres}, {role:actions};
GRANT SELECT, INSERT, UPDATE, DELETE ON access_last_use TO {role:access};
