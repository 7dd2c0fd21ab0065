-- Who is logged in, and the links by mail that set a password.

CREATE INDEX ix_users_is_active ON users (is_active) WHERE deleted_at IS NULL;

CREATE TABLE login_sessions (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    user_id uuid NOT NULL,
    family_hash text NOT NULL,
    token_hash text NOT NULL,
    expires_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by text,
    CONSTRAINT pk_login_sessions PRIMARY KEY (id),
    CONSTRAINT fk_login_sessions_user_id FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT ck_login_sessions_family_hash CHECK (char_length(family_hash) <= 64),
    CONSTRAINT ck_login_sessions_token_hash CHECK (char_length(token_hash) <= 64),
    CONSTRAINT ck_login_sessions_ended_by CHECK (ended_by IN ('logout', 'reuse', 'password', 'user_closed')),
    CONSTRAINT ck_login_sessions_version CHECK (version > 0)
);
CREATE INDEX ix_login_sessions_created_at ON login_sessions (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_login_sessions_deletion ON login_sessions (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_login_sessions_open ON login_sessions (user_id) WHERE ended_at IS NULL AND deleted_at IS NULL;
CREATE INDEX ix_login_sessions_user_id ON login_sessions (user_id, id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uq_login_sessions_family_hash ON login_sessions (family_hash) WHERE deleted_at IS NULL;

CREATE TABLE one_time_tokens (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    user_id uuid NOT NULL,
    purpose text NOT NULL,
    token_hash text NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by text,
    CONSTRAINT pk_one_time_tokens PRIMARY KEY (id),
    CONSTRAINT fk_one_time_tokens_user_id FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT ck_one_time_tokens_purpose CHECK (purpose IN ('reset', 'invitation')),
    CONSTRAINT ck_one_time_tokens_token_hash CHECK (char_length(token_hash) <= 64),
    CONSTRAINT ck_one_time_tokens_ended_by CHECK (ended_by IN ('used', 'replaced')),
    CONSTRAINT ck_one_time_tokens_version CHECK (version > 0)
);
CREATE INDEX ix_one_time_tokens_created_at ON one_time_tokens (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_one_time_tokens_deletion ON one_time_tokens (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_one_time_tokens_user_id ON one_time_tokens (user_id, id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uq_one_time_tokens_token_hash ON one_time_tokens (token_hash) WHERE deleted_at IS NULL;
