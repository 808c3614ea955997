INSERT INTO core_migration VALUES
('0088_actions_period_reminders');
