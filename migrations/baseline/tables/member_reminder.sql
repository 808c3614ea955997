CREATE TABLE member_reminder (
    expert_id uuid NOT NULL,
    kind text NOT NULL,
    day date NOT NULL,
    PRIMARY KEY (expert_id, kind, day)
);

CREATE INDEX member_reminder_day_idx ON member_reminder (day);

ALTER TABLE member_reminder ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_reminder FORCE ROW LEVEL SECURITY;
CREATE POLICY member_reminder_delete ON member_reminder FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY member_reminder_insert ON member_reminder FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY member_reminder_read ON member_reminder FOR SELECT USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on');
CREATE POLICY member_reminder_update ON member_reminder FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on') WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on');

GRANT SELECT, INSERT, DELETE ON member_reminder TO {role:membership};
