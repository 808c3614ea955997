CREATE OR REPLACE VIEW member_published_message AS
 SELECT m.id,
    m.ref,
    m.version,
    m.status,
    m.country,
    m.visibility,
    m.expert_id,
    e.account_id,
    e.assignee
   FROM (member_message m
     JOIN member_expert e ON ((e.id = m.expert_id)))
  WHERE (m.audience = 'file'::text);

GRANT SELECT ON member_published_message TO {role:access};
