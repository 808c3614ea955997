CREATE TABLE access_notification (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES access_account (id),
    kind text NOT NULL,
    event text NOT NULL,
    resource text NOT NULL,
    record_id uuid NOT NULL,
    ref text NOT NULL,
    link text NOT NULL,
    day date NOT NULL,
    at timestamptz NOT NULL,
    read_at timestamptz,
    mail text NOT NULL CHECK (mail IN ('mail', 'digest', 'none')),
    mailed_at timestamptz,
    CONSTRAINT access_notification_account_id_record_id_event_day_key UNIQUE (account_id, record_id, event, day, link)
);

CREATE INDEX access_notification_account_idx ON access_notification (account_id, id);
CREATE INDEX access_notification_at_idx ON access_notification (at);
CREATE INDEX access_notification_unread_idx ON access_notification (account_id, id) WHERE (read_at IS NULL);
CREATE INDEX access_notification_waiting_idx ON access_notification (mail, account_id, id) WHERE (mail <> 'none' AND mailed_at IS NULL);

ALTER TABLE access_notification ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_notification FORCE ROW LEVEL SECURITY;
CREATE POLICY access_notification_delete ON access_notification FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_notification_insert ON access_notification FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_notification_published ON access_notification FOR SELECT TO {role:owner} USING (true);
CREATE POLICY access_notification_read ON access_notification FOR SELECT USING (account_id::text = ANY ({setting:records}) OR (SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY access_notification_update ON access_notification FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on') WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');

GRANT SELECT, INSERT, UPDATE, DELETE ON access_notification TO {role:access};
