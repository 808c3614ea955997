CREATE TABLE core_inbox (
    fact uuid NOT NULL,
    reaction text NOT NULL,
    PRIMARY KEY (fact, reaction)
);

GRANT SELECT, INSERT ON core_inbox TO {role:membership}, {role:centres}, {role:actions}, {role:access};
GRANT SELECT, DELETE ON core_inbox TO {role:relay};
