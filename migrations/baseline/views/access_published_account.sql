CREATE OR REPLACE VIEW access_published_account AS
 SELECT id,
    email,
    email_key,
    email_verified AS is_verified,
    language
   FROM access_account
  WHERE (status = 'active'::text);

GRANT SELECT ON access_published_account TO {role:membership};
