CREATE OR REPLACE VIEW centre_published_clock AS
 SELECT id,
    country,
    status,
    clock_holder AS holder,
    assignee
   FROM centre_centre;

GRANT SELECT ON centre_published_clock TO {role:access};
