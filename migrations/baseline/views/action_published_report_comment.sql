CREATE OR REPLACE VIEW action_published_report_comment AS
 SELECT id,
    ref,
    version,
    country,
    status,
    visibility,
    report_id
   FROM action_report_comment;

GRANT SELECT ON action_published_report_comment TO {role:access};
