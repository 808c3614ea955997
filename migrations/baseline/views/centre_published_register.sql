CREATE OR REPLACE VIEW centre_published_register AS
 SELECT registration_number,
    country,
    visibility,
    status,
    recorded_on,
    "position"
   FROM centre_register_entry;

GRANT SELECT ON centre_published_register TO {role:actions};
