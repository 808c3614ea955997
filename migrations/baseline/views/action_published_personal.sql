CREATE OR REPLACE VIEW action_published_personal AS
 SELECT action_personal_without_calendars.person,
    action_personal_without_calendars.part,
    action_personal_without_calendars.id,
    action_personal_without_calendars.record
   FROM action_personal_without_calendars
UNION ALL
 SELECT e.id AS person,
    'calendars'::text AS part,
    c.id,
    c.record
   FROM (( SELECT action_calendar.id,
            action_calendar.owner_kind,
            action_calendar.owner_id,
            jsonb_build_object('id', action_calendar.id, 'ref', action_calendar.ref, 'version', action_calendar.version, 'status', action_calendar.status, 'country', action_calendar.country, 'visibility', action_calendar.visibility, 'created_at', to_char((action_calendar.created_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'created_by', action_calendar.created_by, 'updated_at', to_char((action_calendar.updated_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text), 'updated_by', action_calendar.updated_by, 'kinds', action_calendar.kinds, 'programme_id', action_calendar.programme_id, 'language', action_calendar.language) AS record
           FROM action_calendar) c
     JOIN member_published_expert e ON ((e.account_id = c.owner_id)))
  WHERE (c.owner_kind = 'account'::text);

GRANT SELECT ON action_published_personal TO {role:membership};
