CREATE TABLE member_institution_form (
    form text NOT NULL,
    word text NOT NULL,
    PRIMARY KEY (form, word)
);

GRANT SELECT, INSERT ON member_institution_form TO {role:membership};
GRANT SELECT ON member_institution_form TO {role:search};
