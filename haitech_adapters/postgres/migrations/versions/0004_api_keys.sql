-- API keys: found by the hash of the key, or of the key before the last rotation.

CREATE TABLE api_keys (
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    id uuid NOT NULL,
    name text NOT NULL,
    prefix text NOT NULL,
    scopes text[] NOT NULL,
    rate_limit integer NOT NULL,
    expires_at timestamptz,
    is_active boolean NOT NULL,
    key_hash text,
    previous_hash text,
    previous_until timestamptz,
    last_used_at timestamptz,
    last_used_ip text,
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT ck_api_keys_name CHECK (char_length(name) <= 200),
    CONSTRAINT ck_api_keys_prefix CHECK (char_length(prefix) <= 20),
    CONSTRAINT ck_api_keys_rate_limit CHECK (rate_limit BETWEEN 10 AND 100000),
    CONSTRAINT ck_api_keys_key_hash CHECK (char_length(key_hash) <= 64),
    CONSTRAINT ck_api_keys_previous_hash CHECK (char_length(previous_hash) <= 64),
    CONSTRAINT ck_api_keys_last_used_ip CHECK (char_length(last_used_ip) <= 45),
    CONSTRAINT ck_api_keys_overlap CHECK ((previous_hash IS NULL) = (previous_until IS NULL)),
    CONSTRAINT ck_api_keys_version CHECK (version > 0)
);
CREATE INDEX ix_api_keys_created_at ON api_keys (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_api_keys_deletion ON api_keys (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_api_keys_is_active ON api_keys (is_active) WHERE deleted_at IS NULL;
CREATE INDEX ix_api_keys_name ON api_keys ((name COLLATE "C"), id) WHERE deleted_at IS NULL;
CREATE INDEX ix_api_keys_previous_hash ON api_keys (previous_hash) WHERE deleted_at IS NULL;
CREATE INDEX ix_api_keys_search
    ON api_keys USING gin (name gin_trgm_ops, prefix gin_trgm_ops) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uq_api_keys_key_hash ON api_keys (key_hash) WHERE deleted_at IS NULL;
