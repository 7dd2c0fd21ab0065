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
    CONSTRAINT ck_saved_views_entity CHECK (entity IN ('users', 'api-keys', 'webhooks', 'audit-logs',
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
