CREATE TABLE member_initiative_day (
    initiative_id uuid NOT NULL REFERENCES member_initiative (id),
    day date NOT NULL,
    organisations integer NOT NULL,
    organisations_unmatched integer NOT NULL,
    PRIMARY KEY (initiative_id, day)
);

GRANT SELECT, INSERT ON member_initiative_day TO {role:membership};
