-- An id of its own for every entry, as everything has; the order of writing is its position. The
-- table is made anew, because names that PostgreSQL gave (of sequences, of NOT NULL) stay with a
-- renamed column.
CREATE TEMPORARY TABLE audit_log_before ON COMMIT DROP AS TABLE audit_log;
DROP TABLE audit_log;

CREATE TABLE audit_log (
    id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    created_at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    actor_name text NOT NULL,
    action text NOT NULL,
    entity text NOT NULL,
    entity_id uuid NOT NULL,
    "old" jsonb NOT NULL,
    "new" jsonb NOT NULL,
    request_id text,
    address text,
    user_agent text,
    mac bytea NOT NULL,
    CONSTRAINT pk_audit_log PRIMARY KEY (id),
    CONSTRAINT ck_audit_log_actor_kind CHECK (actor_kind IN ('user', 'api_key', 'system'))
);
-- rows from before have no signature, which the first sealing remembers
INSERT INTO audit_log OVERRIDING SYSTEM VALUE
SELECT gen_random_uuid(), id, at, actor_kind, actor_id, actor_name, action, entity, entity_id,
       "old", "new", request_id, address, user_agent, ''
FROM audit_log_before ORDER BY id;
SELECT setval(pg_get_serial_sequence('audit_log', 'position'), max(id))
FROM audit_log_before HAVING count(*) > 0;

CREATE UNIQUE INDEX uq_audit_log_position ON audit_log (position);
CREATE INDEX ix_audit_log_created_at ON audit_log (created_at, id);
CREATE INDEX ix_audit_log_actor_id ON audit_log (actor_id, created_at, id);
CREATE INDEX ix_audit_log_action ON audit_log (action, created_at, id);
CREATE INDEX ix_audit_log_entity ON audit_log (entity, created_at, id);
CREATE INDEX ix_audit_log_entity_id ON audit_log (entity_id, created_at, id);

CREATE TABLE audit_seals (
    number bigint NOT NULL,
    position bigint NOT NULL,
    entity text NOT NULL,
    entity_id uuid NOT NULL,
    digest bytea NOT NULL,
    mac bytea NOT NULL,
    CONSTRAINT pk_audit_seals PRIMARY KEY (number)
);
CREATE UNIQUE INDEX uq_audit_seals_position ON audit_seals (position);

CREATE TABLE audit_head (
    id smallint NOT NULL,
    number bigint NOT NULL,
    position bigint NOT NULL,
    mac bytea NOT NULL,
    settled bigint NOT NULL,
    unsigned bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    signature bytea NOT NULL,
    CONSTRAINT pk_audit_head PRIMARY KEY (id),
    CONSTRAINT ck_audit_head_id CHECK (id = 1)
);

CREATE OR REPLACE FUNCTION audit_log_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE insufficient_privilege
        USING MESSAGE = 'rows of ' || TG_TABLE_NAME || ' are never changed or removed';
END
$$;
CREATE TRIGGER audit_log_rows BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_only_grows();
CREATE TRIGGER audit_log_whole BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_only_grows();
CREATE TRIGGER audit_seals_rows BEFORE UPDATE OR DELETE ON audit_seals
    FOR EACH ROW EXECUTE FUNCTION audit_log_only_grows();
CREATE TRIGGER audit_seals_whole BEFORE TRUNCATE ON audit_seals
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_only_grows();
-- the head moves on, and stays
CREATE TRIGGER audit_head_rows BEFORE DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_log_only_grows();
CREATE TRIGGER audit_head_whole BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_only_grows();
