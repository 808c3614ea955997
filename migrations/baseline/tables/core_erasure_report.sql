CREATE TABLE core_erasure_report (
    subject uuid NOT NULL,
    service text NOT NULL,
    rows jsonb NOT NULL,
    review jsonb NOT NULL,
    reported_at timestamptz NOT NULL,
    PRIMARY KEY (subject, service)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON core_erasure_report TO {role:membership}, {role:centres}, {role:actions}, {role:access};
