CREATE TABLE core_migration (
    version_num character varying(32) NOT NULL,
    CONSTRAINT core_migration_pkc PRIMARY KEY (version_num)
);

GRANT SELECT ON core_migration TO {role:membership}, {role:centres}, {role:actions}, {role:access}, {role:relay};
