CREATE TABLE core_audit_default PARTITION OF core_audit DEFAULT;
