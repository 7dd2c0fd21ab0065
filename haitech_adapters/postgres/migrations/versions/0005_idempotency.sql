CREATE TABLE kept_answers (
    key bytea NOT NULL,
    answer bytea NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT pk_kept_answers PRIMARY KEY (key)
);
CREATE INDEX ix_kept_answers_at ON kept_answers (at);
