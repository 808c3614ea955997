CREATE OR REPLACE VIEW action_published_delegation AS
 SELECT id,
    ref,
    version,
    country,
    status,
    visibility,
    report_id,
    account_id,
    due_on
   FROM action_delegation;

GRANT SELECT ON action_published_delegation TO {role:access};
