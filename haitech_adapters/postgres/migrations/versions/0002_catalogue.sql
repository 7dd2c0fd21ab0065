-- Institutional orders: a number is not required (api.md).

ALTER TABLE institutional_orders ALTER COLUMN order_number DROP NOT NULL;

-- Saved views. An owner is a user or an API key, so it refers to no one table.

CREATE TABLE saved_views (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    owner_id uuid NOT NULL,
    name text NOT NULL,
    entity text NOT NULL,
    filters jsonb NOT NULL,
    columns text[] NOT NULL,
    sort_by text,
    sort_order text,
    is_default boolean NOT NULL,
    is_public boolean NOT NULL,
    CONSTRAINT pk_saved_views PRIMARY KEY (id),
    CONSTRAINT ck_saved_views_name CHECK (char_length(name) <= 200),
    CONSTRAINT ck_saved_views_entity CHECK (entity IN ('account', 'users', 'api-keys', 'webhooks', 'audit-logs',
        'customers', 'students', 'registrations', 'institutional-orders', 'leads', 'reports', 'courses',
        'branches', 'instructors', 'cycles', 'meetings', 'attendance', 'saved-views')),
    CONSTRAINT ck_saved_views_sort_by CHECK (char_length(sort_by) <= 100),
    CONSTRAINT ck_saved_views_sort_order CHECK (sort_order IN ('asc', 'desc')),
    CONSTRAINT ck_saved_views_version CHECK (version > 0)
);
CREATE INDEX ix_saved_views_created_at ON saved_views (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_saved_views_deletion ON saved_views (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_saved_views_entity ON saved_views (entity) WHERE deleted_at IS NULL;
CREATE INDEX ix_saved_views_is_public ON saved_views (is_public) WHERE deleted_at IS NULL;
CREATE INDEX ix_saved_views_name ON saved_views ((name COLLATE "C"), id) WHERE deleted_at IS NULL;
CREATE INDEX ix_saved_views_owner_id ON saved_views (owner_id) WHERE deleted_at IS NULL;
CREATE INDEX ix_saved_views_search ON saved_views USING gin (name gin_trgm_ops) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uq_saved_views_default
    ON saved_views (owner_id, entity) WHERE deleted_at IS NULL AND is_default;

-- Teaching: what is paid of a registration

ALTER TABLE registrations ADD COLUMN paid_amount numeric(14, 2) NOT NULL DEFAULT 0;
ALTER TABLE registrations ALTER COLUMN paid_amount DROP DEFAULT;
ALTER TABLE registrations ADD COLUMN refund_amount numeric(14, 2);
ALTER TABLE registrations ADD COLUMN payment_status text GENERATED ALWAYS AS (
    CASE WHEN paid_amount >= amount THEN 'paid' WHEN paid_amount = 0 THEN 'unpaid' ELSE 'partial' END
) STORED;
ALTER TABLE registrations ADD CONSTRAINT ck_registrations_paid_amount
    CHECK (paid_amount BETWEEN 0.00 AND 1000000.00);
ALTER TABLE registrations ADD CONSTRAINT ck_registrations_refund_amount
    CHECK (refund_amount BETWEEN 0.00 AND 1000000.00);
CREATE INDEX ix_registrations_payment_status
    ON registrations (payment_status) WHERE deleted_at IS NULL;

-- Teaching: attendance

DROP INDEX ix_registrations_student_id;
CREATE INDEX ix_registrations_student_id ON registrations (student_id);

CREATE TABLE attendance (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    meeting_id uuid NOT NULL,
    status text NOT NULL,
    registration_id uuid,
    student_id uuid,
    guest_name text,
    is_trial boolean NOT NULL,
    notes text,
    recorded_at timestamptz NOT NULL,
    recorded_by_id uuid,
    CONSTRAINT pk_attendance PRIMARY KEY (id),
    CONSTRAINT ck_attendance_one_target CHECK (num_nonnulls(registration_id, student_id, guest_name) = 1),
    CONSTRAINT ck_attendance_trial CHECK (is_trial OR registration_id IS NOT NULL),
    CONSTRAINT fk_attendance_meeting_id FOREIGN KEY (meeting_id) REFERENCES meetings (id),
    CONSTRAINT fk_attendance_registration_id FOREIGN KEY (registration_id) REFERENCES registrations (id),
    CONSTRAINT fk_attendance_student_id FOREIGN KEY (student_id) REFERENCES students (id),
    CONSTRAINT fk_attendance_recorded_by_id FOREIGN KEY (recorded_by_id) REFERENCES users (id),
    CONSTRAINT ck_attendance_status CHECK (status IN ('present', 'absent', 'late')),
    CONSTRAINT ck_attendance_guest_name CHECK (char_length(guest_name) <= 200),
    CONSTRAINT ck_attendance_notes CHECK (char_length(notes) <= 10000),
    CONSTRAINT ck_attendance_version CHECK (version > 0)
);
CREATE INDEX ix_attendance_created_at ON attendance (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_attendance_deletion ON attendance (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_attendance_is_trial ON attendance (is_trial) WHERE deleted_at IS NULL;
CREATE INDEX ix_attendance_meeting_id
    ON attendance (meeting_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_attendance_registration_id ON attendance (registration_id) WHERE deleted_at IS NULL;
CREATE INDEX ix_attendance_status ON attendance (status) WHERE deleted_at IS NULL;
CREATE INDEX ix_attendance_student_id ON attendance (student_id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uq_attendance_guest_name
    ON attendance (meeting_id, guest_name) WHERE deleted_at IS NULL AND guest_name IS NOT NULL;
CREATE UNIQUE INDEX uq_attendance_registration_id
    ON attendance (meeting_id, registration_id)
    WHERE deleted_at IS NULL AND registration_id IS NOT NULL;
CREATE UNIQUE INDEX uq_attendance_student_id
    ON attendance (meeting_id, student_id) WHERE deleted_at IS NULL AND student_id IS NOT NULL;
