CREATE OR REPLACE VIEW centre_published_annual_report AS
 SELECT id,
    ref,
    version,
    country,
    status,
    visibility,
    centre_id,
    year,
    due,
    kind
   FROM centre_annual_report;

GRANT SELECT ON centre_published_annual_report TO {role:access}, {role:centres}, {role:actions};
