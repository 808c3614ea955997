INSERT INTO member_retention_rule VALUES
('019b76da-a800-7000-8000-000000000021', 'RET-000001', 1, 'active', NULL, 'restricted', now(), 'system', now(), 'system', 'experts', 'rejected', 'P2Y', 'erase', 'Two years after a rejection no complaint about the decision is expected any more.'),
('019b76da-a800-7000-8000-000000000022', 'RET-000002', 1, 'active', NULL, 'restricted', now(), 'system', now(), 'system', 'experts', 'lapsed', 'P5Y', 'erase', 'A lapsed membership may be renewed, and its work in committees and centres may be reviewed, for five years.'),
('019b76da-a800-7000-8000-000000000023', 'RET-000003', 1, 'active', NULL, 'restricted', now(), 'system', now(), 'system', 'declarations', NULL, 'P5Y', 'delete', 'Decisions in which the person took part may be reviewed for five years.'),
('019b76da-a800-7000-8000-000000000024', 'RET-000004', 1, 'active', NULL, 'restricted', now(), 'system', now(), 'system', 'nominations', NULL, 'P2Y', 'delete', 'Two years after a decision no appeal and no question about it is expected.'),
('019b76da-a800-7000-8000-000000000030', 'RET-000005', 1, 'active', NULL, 'restricted', now(), 'system', now(), 'system', 'supports', 'pending', 'P7D', 'delete', 'A signature that nobody confirmed within seven days shows no intention of the person.'),
('019b76da-a800-7000-8000-000000000031', 'RET-000006', 1, 'active', NULL, 'restricted', now(), 'system', now(), 'system', 'supports', 'rejected', 'P2Y', 'delete', 'Two years after a rejection no complaint about the decision is expected any more.');

SELECT setval('member_retention_rule_ref_seq', 6);
