CREATE OR REPLACE VIEW access_published_personal AS
 SELECT access_account.id AS person,
    'accounts'::text AS part,
    access_account.id,
    jsonb_build_object('id', access_account.id, 'ref', access_account.ref, 'version', access_account.version, 'status', access_account.status, 'country', access_account.country, 'visibility', access_account.visibility, 'created_at', to_char((access_account.created_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'created_by', access_account.created_by, 'updated_at', to_char((access_account.updated_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'updated_by', access_account.updated_by, 'email', access_account.email, 'name', access_account.name, 'email_verified', access_account.email_verified, 'language', access_account.language, 'notifications', access_account.notifications) AS record
   FROM access_account
  WHERE ('restricted'::text = ANY ({setting:visibilities}))
UNION ALL
 SELECT access_session.account_id AS person,
    'sessions'::text AS part,
    access_session.id,
    jsonb_build_object('id', access_session.id, 'ref', access_session.ref, 'version', access_session.version, 'status', access_session.status, 'country', access_session.country, 'visibility', access_session.visibility, 'created_at', to_char((access_session.created_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'created_by', access_session.created_by, 'updated_at', to_char((access_session.updated_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'updated_by', access_session.updated_by, 'account_id', access_session.account_id, 'label', access_session.label, 'ends_at', to_char((access_session.ends_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text)) AS record
   FROM access_session
  WHERE ('restricted'::text = ANY ({setting:visibilities}))
UNION ALL
 SELECT access_grant.principal_id AS person,
    'grants'::text AS part,
    access_grant.id,
    jsonb_build_object('id', access_grant.id, 'ref', access_grant.ref, 'version', access_grant.version, 'status', access_grant.status, 'country', access_grant.country, 'visibility', access_grant.visibility, 'created_at', to_char((access_grant.created_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'created_by', access_grant.created_by, 'updated_at', to_char((access_grant.updated_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'updated_by', access_grant.updated_by, 'principal_kind', access_grant.principal_kind, 'principal_id', access_grant.principal_id, 'role', access_grant.role, 'scope_kind', access_grant.scope_kind, 'scope_id', access_grant.scope_id, 'starts', access_grant.starts, 'ends', access_grant.ends, 'reason', access_grant.reason, 'second_person', access_grant.second_person, 'delegated_from', access_grant.delegated_from, 'caused_by', access_grant.caused_by) AS record
   FROM access_grant
  WHERE ((access_grant.principal_kind = 'account'::text) AND ('restricted'::text = ANY ({setting:visibilities})))
UNION ALL
 SELECT k.owner_id AS person,
    'api_keys'::text AS part,
    k.id,
    (jsonb_build_object('id', k.id, 'ref', k.ref, 'version', k.version, 'status', k.status, 'country', k.country, 'visibility', k.visibility, 'created_at', to_char((k.created_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'created_by', k.created_by, 'updated_at', to_char((k.updated_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'updated_by', k.updated_by, 'name', k.name, 'hint', k.hint, 'owner_kind', k.owner_kind, 'owner_id', k.owner_id, 'resources', k.resources, 'verbs', k.verbs, 'countries', k.countries, 'expires_at', to_char((k.expires_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text)) || jsonb_build_object('used_at', ( SELECT to_char((u.used_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text) AS to_char
           FROM access_last_use u
          WHERE ((u.kind = 'key'::text) AND (u.id = k.id))))) AS record
   FROM access_api_key k
  WHERE ((k.owner_kind = 'account'::text) AND ('restricted'::text = ANY ({setting:visibilities})))
UNION ALL
 SELECT access_notification.account_id AS person,
    'notifications'::text AS part,
    access_notification.id,
    (jsonb_build_object('id', access_notification.id, 'account_id', access_notification.account_id, 'kind', access_notification.kind, 'event', access_notification.event, 'resource', access_notification.resource, 'record_id', access_notification.record_id, 'ref', access_notification.ref, 'link', access_notification.link, 'day', access_notification.day, 'read_at', to_char((access_notification.read_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'mail', access_notification.mail, 'mailed_at', to_char((access_notification.mailed_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text)) || jsonb_build_object('at', to_char((access_notification.at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text))) AS record
   FROM access_notification
  WHERE ('restricted'::text = ANY ({setting:visibilities}));

GRANT SELECT ON access_published_personal TO {role:membership};
