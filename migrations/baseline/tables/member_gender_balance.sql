CREATE TABLE member_gender_balance (
    place text PRIMARY KEY,
    day date NOT NULL,
    whole integer NOT NULL,
    women integer NOT NULL,
    men integer NOT NULL,
    other integer NOT NULL,
    CONSTRAINT member_gender_balance_check CHECK (((women % 5) = 0) AND ((men % 5) = 0) AND ((other % 5) = 0))
);

GRANT SELECT, INSERT, UPDATE ON member_gender_balance TO {role:membership};

COMMENT ON TABLE member_gender_balance IS 'by country and, under the empty place, of all together';
