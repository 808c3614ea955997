CREATE OR REPLACE VIEW centre_published_network AS
 SELECT id,
    ref,
    version,
    country,
    status,
    visibility
   FROM centre_network;

GRANT SELECT ON centre_published_network TO {role:centres};
