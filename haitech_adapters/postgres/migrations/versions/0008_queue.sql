CREATE TABLE jobs (
    id uuid NOT NULL,
    kind text NOT NULL,
    due_at timestamptz NOT NULL,
    lane text NOT NULL,
    facts jsonb NOT NULL,
    secret bytea,
    name text,
    until timestamptz,
    attempts integer NOT NULL,
    taken bigint NOT NULL,
    held_by text,
    buried_at timestamptz,
    why text,
    CONSTRAINT pk_jobs PRIMARY KEY (id),
    CONSTRAINT ck_jobs_attempts CHECK (attempts >= 0)
);
CREATE UNIQUE INDEX uq_jobs_name ON jobs (name) WHERE name IS NOT NULL;
CREATE INDEX ix_jobs_lane ON jobs (lane, due_at, id) WHERE buried_at IS NULL;
CREATE INDEX ix_jobs_due_at ON jobs (due_at) WHERE buried_at IS NULL;
CREATE INDEX ix_jobs_held ON jobs (lane, due_at) WHERE buried_at IS NULL AND held_by IS NOT NULL;
CREATE INDEX ix_jobs_buried_at ON jobs (buried_at) WHERE buried_at IS NOT NULL;

-- Workers are told in the moment of the commit; only of what is due, and once a statement.
CREATE FUNCTION wake_workers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM added WHERE due_at <= now() + interval '1 second') THEN
        PERFORM pg_notify('haitech_jobs', '');
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER wake_workers AFTER INSERT ON jobs
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION wake_workers();
