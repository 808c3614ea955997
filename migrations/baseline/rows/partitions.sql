SELECT core_idempotency_rotate_partitions();
SELECT core_audit_make_partitions();
