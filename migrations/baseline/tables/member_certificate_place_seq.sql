CREATE SEQUENCE member_certificate_place_seq
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    NO MAXVALUE
    CACHE 1;

GRANT USAGE ON SEQUENCE member_certificate_place_seq TO {role:search};
