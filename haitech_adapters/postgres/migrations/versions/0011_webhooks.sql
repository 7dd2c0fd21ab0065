CREATE TABLE webhooks (
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    id uuid NOT NULL,
    url text NOT NULL,
    events text[] NOT NULL,
    name text,
    headers jsonb NOT NULL,
    status text NOT NULL,
    status_reason text,
    sealed_secret text NOT NULL,
    previous_secret text,
    rotated_at timestamptz,
    failing_since timestamptz,
    CONSTRAINT pk_webhooks PRIMARY KEY (id),
    CONSTRAINT ck_webhooks_version CHECK (version > 0),
    CONSTRAINT ck_webhooks_url CHECK (char_length(url) <= 2000),
    CONSTRAINT ck_webhooks_name CHECK (char_length(name) <= 200),
    CONSTRAINT ck_webhooks_status CHECK (status IN ('active', 'paused', 'disabled')),
    CONSTRAINT ck_webhooks_status_reason CHECK (char_length(status_reason) <= 200),
    CONSTRAINT ck_webhooks_sealed_secret CHECK (char_length(sealed_secret) <= 500),
    CONSTRAINT ck_webhooks_previous_secret CHECK (char_length(previous_secret) <= 500)
);
CREATE INDEX ix_webhooks_created_at ON webhooks (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_webhooks_deletion ON webhooks (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_webhooks_name ON webhooks ((name COLLATE "C"), id) WHERE deleted_at IS NULL;
CREATE INDEX ix_webhooks_search ON webhooks USING gin (name gin_trgm_ops) WHERE deleted_at IS NULL;
CREATE INDEX ix_webhooks_status ON webhooks (status) WHERE deleted_at IS NULL;

CREATE TABLE deliveries (
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    event_id uuid NOT NULL,
    event_type text NOT NULL,
    status text NOT NULL,
    attempts integer NOT NULL,
    next_at timestamptz,
    delivered_at timestamptz,
    response_status integer,
    error text,
    CONSTRAINT pk_deliveries PRIMARY KEY (id),
    CONSTRAINT ck_deliveries_version CHECK (version > 0),
    CONSTRAINT fk_deliveries_webhook_id FOREIGN KEY (webhook_id) REFERENCES webhooks (id),
    CONSTRAINT fk_deliveries_event_id FOREIGN KEY (event_id) REFERENCES outbox (id),
    CONSTRAINT ck_deliveries_event_type CHECK (char_length(event_type) <= 100),
    CONSTRAINT ck_deliveries_status CHECK (status IN ('pending', 'delivered', 'dead')),
    CONSTRAINT ck_deliveries_error CHECK (char_length(error) <= 500)
);
CREATE INDEX ix_deliveries_created_at ON deliveries (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_deliveries_deletion ON deliveries (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_deliveries_event_id ON deliveries (event_id);
CREATE INDEX ix_deliveries_event_type ON deliveries (event_type, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_deliveries_status ON deliveries (status, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_deliveries_webhook_id ON deliveries (webhook_id, created_at, id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uq_deliveries_event_id ON deliveries (webhook_id, event_id) WHERE deleted_at IS NULL;

CREATE TABLE delivery_attempts (
    delivery_id uuid NOT NULL,
    number integer NOT NULL,
    at timestamptz NOT NULL,
    took_ms integer NOT NULL,
    response_status integer,
    answer text,
    error text,
    CONSTRAINT pk_delivery_attempts PRIMARY KEY (delivery_id, number),
    CONSTRAINT fk_delivery_attempts_delivery_id FOREIGN KEY (delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE,
    CONSTRAINT ck_delivery_attempts_answer CHECK (char_length(answer) <= 1024)
);

CREATE INDEX ix_outbox_at ON outbox (at, id);
