-- Enquiries from the outside, each of the customer whom it found or made, and what is noted of them.

CREATE TABLE leads (
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    id uuid NOT NULL,
    customer_id uuid NOT NULL,
    name text NOT NULL,
    phone text NOT NULL,
    received_at timestamptz NOT NULL,
    email text,
    course text,
    message text,
    source text,
    child_name text,
    status text NOT NULL,
    student_id uuid,
    CONSTRAINT pk_leads PRIMARY KEY (id),
    CONSTRAINT fk_leads_customer_id FOREIGN KEY (customer_id) REFERENCES customers (id),
    CONSTRAINT fk_leads_student_id FOREIGN KEY (student_id) REFERENCES students (id),
    CONSTRAINT ck_leads_name CHECK (char_length(name) <= 200),
    CONSTRAINT ck_leads_course CHECK (char_length(course) <= 200),
    CONSTRAINT ck_leads_message CHECK (char_length(message) <= 5000),
    CONSTRAINT ck_leads_source CHECK (char_length(source) <= 200),
    CONSTRAINT ck_leads_child_name CHECK (char_length(child_name) <= 200),
    CONSTRAINT ck_leads_status
        CHECK (status IN ('new', 'contacted', 'in_progress', 'converted', 'closed')),
    CONSTRAINT ck_leads_converted CHECK ((status = 'converted') = (student_id IS NOT NULL)),
    CONSTRAINT ck_leads_version CHECK (version > 0)
);
CREATE INDEX ix_leads_created_at ON leads (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_leads_customer_id ON leads (customer_id) WHERE deleted_at IS NULL;
CREATE INDEX ix_leads_deletion ON leads (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_leads_email ON leads (email) WHERE deleted_at IS NULL;
CREATE INDEX ix_leads_name ON leads ((name COLLATE "C"), id) WHERE deleted_at IS NULL;
CREATE INDEX ix_leads_phone ON leads (phone) WHERE deleted_at IS NULL;
CREATE INDEX ix_leads_search ON leads
    USING gin (name gin_trgm_ops, phone gin_trgm_ops, email gin_trgm_ops, child_name gin_trgm_ops)
    WHERE deleted_at IS NULL;
CREATE INDEX ix_leads_source ON leads (source) WHERE deleted_at IS NULL;
CREATE INDEX ix_leads_status ON leads (status) WHERE deleted_at IS NULL;

CREATE TABLE lead_notes (
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    id uuid NOT NULL,
    lead_id uuid NOT NULL,
    text text NOT NULL,
    author_id uuid,
    author text,
    CONSTRAINT pk_lead_notes PRIMARY KEY (id),
    CONSTRAINT fk_lead_notes_lead_id FOREIGN KEY (lead_id) REFERENCES leads (id),
    CONSTRAINT ck_lead_notes_text CHECK (char_length(text) <= 10000),
    CONSTRAINT ck_lead_notes_author CHECK (char_length(author) <= 200),
    CONSTRAINT ck_lead_notes_version CHECK (version > 0)
);
CREATE INDEX ix_lead_notes_created_at ON lead_notes (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_lead_notes_deletion ON lead_notes (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_lead_notes_lead_id
    ON lead_notes (lead_id, created_at, id) WHERE deleted_at IS NULL;
