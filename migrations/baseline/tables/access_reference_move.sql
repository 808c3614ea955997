CREATE TABLE access_reference_move (
    loser_id uuid NOT NULL,
    winner_id uuid NOT NULL,
    resource text NOT NULL,
    record_id uuid NOT NULL,
    field text NOT NULL,
    "position" bigint GENERATED ALWAYS AS IDENTITY,
    before uuid[] NOT NULL,
    after uuid[] NOT NULL,
    PRIMARY KEY (loser_id, resource, record_id, field)
);

CREATE INDEX access_reference_move_winner_idx ON access_reference_move (winner_id);

GRANT SELECT, INSERT, DELETE ON access_reference_move TO {role:access};
