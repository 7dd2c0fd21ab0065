-- When instructors teach: weekly windows and the token of the calendar on their own row, so that
-- both change whole, and time off in rows of its own.

ALTER TABLE instructors
    ADD COLUMN windows jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN calendar_hash text,
    ADD CONSTRAINT ck_instructors_calendar_hash CHECK (char_length(calendar_hash) <= 64);
ALTER TABLE instructors ALTER COLUMN windows DROP DEFAULT;

CREATE TABLE time_off (
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    id uuid NOT NULL,
    instructor_id uuid NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    why text,
    CONSTRAINT pk_time_off PRIMARY KEY (id),
    CONSTRAINT fk_time_off_instructor_id FOREIGN KEY (instructor_id) REFERENCES instructors (id),
    CONSTRAINT ck_time_off_days CHECK (first_day <= last_day),
    CONSTRAINT ck_time_off_first_day
        CHECK (first_day BETWEEN DATE '2000-01-01' AND DATE '2100-12-31'),
    CONSTRAINT ck_time_off_last_day
        CHECK (last_day BETWEEN DATE '2000-01-01' AND DATE '2100-12-31'),
    CONSTRAINT ck_time_off_why CHECK (char_length(why) <= 500),
    CONSTRAINT ck_time_off_version CHECK (version > 0)
);
CREATE INDEX ix_time_off_created_at ON time_off (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_time_off_deletion ON time_off (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_time_off_first_day ON time_off (first_day, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_time_off_instructor_id
    ON time_off (instructor_id, first_day, id) WHERE deleted_at IS NULL;
