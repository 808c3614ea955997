INSERT INTO core_audit_verified VALUES
(true, 0, 0, NULL);
