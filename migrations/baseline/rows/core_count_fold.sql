INSERT INTO core_count_fold VALUES
(0);
