-- Reports that are written to files, and those files, in pieces of 1 MiB. A piece is compressed by
-- nobody: xlsx is already, and what is fetched should cost no more than reading it.

CREATE TABLE exports (
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    id uuid NOT NULL,
    owner_id uuid NOT NULL,
    report text NOT NULL,
    format text NOT NULL,
    language text NOT NULL,
    filters jsonb NOT NULL,
    file_name text NOT NULL,
    status text NOT NULL,
    attempt integer NOT NULL,
    progress integer NOT NULL,
    rows_written integer NOT NULL,
    file_id uuid,
    size integer,
    digest text,
    failure text,
    started_at timestamptz,
    finished_at timestamptz,
    expires_at timestamptz,
    CONSTRAINT pk_exports PRIMARY KEY (id),
    CONSTRAINT ck_exports_report CHECK (
        report IN ('revenue', 'instructor-payments', 'attendance-summary', 'cycle-progress')
    ),
    CONSTRAINT ck_exports_format CHECK (format IN ('csv', 'xlsx')),
    CONSTRAINT ck_exports_language CHECK (language IN ('he', 'en')),
    CONSTRAINT ck_exports_file_name CHECK (char_length(file_name) <= 200),
    CONSTRAINT ck_exports_status CHECK (
        status IN ('queued', 'running', 'done', 'failed', 'cancelled', 'expired')
    ),
    CONSTRAINT ck_exports_progress CHECK (progress BETWEEN 0 AND 100),
    CONSTRAINT ck_exports_size CHECK (size BETWEEN 0 AND 1073741824),
    CONSTRAINT ck_exports_digest CHECK (char_length(digest) <= 64),
    CONSTRAINT ck_exports_failure CHECK (char_length(failure) <= 500),
    CONSTRAINT ck_exports_version CHECK (version > 0)
);
CREATE INDEX ix_exports_created_at ON exports (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_exports_deletion ON exports (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_exports_owner_id ON exports (owner_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_exports_report ON exports (report, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_exports_status ON exports (status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_exports_expires_at
    ON exports (expires_at, id) WHERE status = 'done' AND deleted_at IS NULL;
CREATE INDEX ix_exports_under_way
    ON exports (updated_at, id) WHERE status IN ('queued', 'running') AND deleted_at IS NULL;

CREATE TABLE export_pieces (
    file_id uuid NOT NULL,
    number integer NOT NULL,
    export_id uuid NOT NULL,
    piece bytea NOT NULL,
    CONSTRAINT pk_export_pieces PRIMARY KEY (file_id, number),
    CONSTRAINT fk_export_pieces_export_id
        FOREIGN KEY (export_id) REFERENCES exports (id) ON DELETE CASCADE,
    CONSTRAINT ck_export_pieces_piece CHECK (octet_length(piece) <= 1048576)
);
ALTER TABLE export_pieces ALTER COLUMN piece SET STORAGE EXTERNAL;
CREATE INDEX ix_export_pieces_export_id ON export_pieces (export_id);
