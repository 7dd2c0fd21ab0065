-- The first schema. tests/postgres compares it with the tables that the program describes.

CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE users (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    phone text,
    is_active boolean NOT NULL,
    password_hash text,
    last_login timestamptz,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT ck_users_name CHECK (char_length(name) <= 200),
    CONSTRAINT ck_users_role CHECK (role IN ('admin', 'manager', 'instructor')),
    CONSTRAINT ck_users_version CHECK (version > 0)
);
CREATE INDEX ix_users_created_at ON users (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_users_deletion ON users (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_users_name ON users ((name COLLATE "C"), id) WHERE deleted_at IS NULL;
CREATE INDEX ix_users_role ON users (role) WHERE deleted_at IS NULL;
CREATE INDEX ix_users_search
    ON users USING gin (name gin_trgm_ops, email gin_trgm_ops) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uq_users_email ON users (email) WHERE deleted_at IS NULL;

CREATE TABLE customers (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    name text NOT NULL,
    phone text NOT NULL,
    email text,
    address text,
    city text,
    notes text,
    CONSTRAINT pk_customers PRIMARY KEY (id),
    CONSTRAINT ck_customers_name CHECK (char_length(name) <= 200),
    CONSTRAINT ck_customers_address CHECK (char_length(address) <= 500),
    CONSTRAINT ck_customers_city CHECK (char_length(city) <= 200),
    CONSTRAINT ck_customers_notes CHECK (char_length(notes) <= 10000),
    CONSTRAINT ck_customers_version CHECK (version > 0)
);
CREATE INDEX ix_customers_city ON customers (city) WHERE deleted_at IS NULL;
CREATE INDEX ix_customers_created_at ON customers (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_customers_deletion ON customers (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_customers_name ON customers ((name COLLATE "C"), id) WHERE deleted_at IS NULL;
CREATE INDEX ix_customers_search
    ON customers USING gin (name gin_trgm_ops, phone gin_trgm_ops, email gin_trgm_ops, city gin_trgm_ops)
    WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uq_customers_email ON customers (email) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uq_customers_phone ON customers (phone) WHERE deleted_at IS NULL;

CREATE TABLE students (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    customer_id uuid NOT NULL,
    name text NOT NULL,
    birth_date date,
    grade text,
    notes text,
    CONSTRAINT pk_students PRIMARY KEY (id),
    CONSTRAINT fk_students_customer_id FOREIGN KEY (customer_id) REFERENCES customers (id),
    CONSTRAINT ck_students_name CHECK (char_length(name) <= 200),
    CONSTRAINT ck_students_birth_date CHECK (birth_date BETWEEN DATE '1900-01-01' AND DATE '2100-12-31'),
    CONSTRAINT ck_students_grade CHECK (char_length(grade) <= 50),
    CONSTRAINT ck_students_notes CHECK (char_length(notes) <= 10000),
    CONSTRAINT ck_students_version CHECK (version > 0)
);
CREATE INDEX ix_students_created_at ON students (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_students_customer_id ON students (customer_id) WHERE deleted_at IS NULL;
CREATE INDEX ix_students_deletion ON students (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_students_grade ON students (grade) WHERE deleted_at IS NULL;
CREATE INDEX ix_students_name ON students ((name COLLATE "C"), id) WHERE deleted_at IS NULL;
CREATE INDEX ix_students_search ON students USING gin (name gin_trgm_ops) WHERE deleted_at IS NULL;

CREATE TABLE courses (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    name text NOT NULL,
    category text NOT NULL,
    description text,
    target_audience text,
    is_active boolean NOT NULL,
    CONSTRAINT pk_courses PRIMARY KEY (id),
    CONSTRAINT ck_courses_name CHECK (char_length(name) <= 200),
    CONSTRAINT ck_courses_category CHECK (category IN ('programming', 'ai', 'robotics', 'printing_3d')),
    CONSTRAINT ck_courses_description CHECK (char_length(description) <= 10000),
    CONSTRAINT ck_courses_target_audience CHECK (char_length(target_audience) <= 500),
    CONSTRAINT ck_courses_version CHECK (version > 0)
);
CREATE INDEX ix_courses_category ON courses (category) WHERE deleted_at IS NULL;
CREATE INDEX ix_courses_created_at ON courses (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_courses_deletion ON courses (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_courses_name ON courses ((name COLLATE "C"), id) WHERE deleted_at IS NULL;
CREATE INDEX ix_courses_search
    ON courses USING gin (name gin_trgm_ops, description gin_trgm_ops) WHERE deleted_at IS NULL;

CREATE TABLE branches (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    name text NOT NULL,
    type text NOT NULL,
    address text,
    city text,
    contact_name text,
    contact_phone text,
    contact_email text,
    is_active boolean NOT NULL,
    CONSTRAINT pk_branches PRIMARY KEY (id),
    CONSTRAINT ck_branches_name CHECK (char_length(name) <= 200),
    CONSTRAINT ck_branches_type CHECK (type IN ('school', 'community_center', 'frontal', 'online')),
    CONSTRAINT ck_branches_address CHECK (char_length(address) <= 500),
    CONSTRAINT ck_branches_city CHECK (char_length(city) <= 200),
    CONSTRAINT ck_branches_contact_name CHECK (char_length(contact_name) <= 200),
    CONSTRAINT ck_branches_version CHECK (version > 0)
);
CREATE INDEX ix_branches_city ON branches (city) WHERE deleted_at IS NULL;
CREATE INDEX ix_branches_created_at ON branches (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_branches_deletion ON branches (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_branches_name ON branches ((name COLLATE "C"), id) WHERE deleted_at IS NULL;
CREATE INDEX ix_branches_search
    ON branches USING gin (name gin_trgm_ops, city gin_trgm_ops, address gin_trgm_ops)
    WHERE deleted_at IS NULL;
CREATE INDEX ix_branches_type ON branches (type) WHERE deleted_at IS NULL;

CREATE TABLE closures (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    branch_id uuid NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    why text NOT NULL,
    CONSTRAINT pk_closures PRIMARY KEY (id),
    CONSTRAINT ck_closures_days CHECK (first_day <= last_day),
    CONSTRAINT fk_closures_branch_id FOREIGN KEY (branch_id) REFERENCES branches (id),
    CONSTRAINT ck_closures_first_day CHECK (first_day BETWEEN DATE '2000-01-01' AND DATE '2100-12-31'),
    CONSTRAINT ck_closures_last_day CHECK (last_day BETWEEN DATE '2000-01-01' AND DATE '2100-12-31'),
    CONSTRAINT ck_closures_why CHECK (char_length(why) <= 500),
    CONSTRAINT ck_closures_version CHECK (version > 0)
);
CREATE INDEX ix_closures_branch_id ON closures (branch_id, first_day, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_closures_created_at ON closures (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_closures_deletion ON closures (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_closures_first_day ON closures (first_day, id) WHERE deleted_at IS NULL;

CREATE TABLE instructors (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    name text NOT NULL,
    phone text,
    email text,
    rate_frontal numeric(14, 2),
    rate_online numeric(14, 2),
    rate_private numeric(14, 2),
    rate_preparation numeric(14, 2),
    employment_type text NOT NULL,
    is_active boolean NOT NULL,
    notes text,
    bank_name text,
    bank_branch text,
    account_number text,
    user_id uuid,
    CONSTRAINT pk_instructors PRIMARY KEY (id),
    CONSTRAINT fk_instructors_user_id FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT ck_instructors_name CHECK (char_length(name) <= 200),
    CONSTRAINT ck_instructors_rate_frontal CHECK (rate_frontal BETWEEN 0.00 AND 1000000.00),
    CONSTRAINT ck_instructors_rate_online CHECK (rate_online BETWEEN 0.00 AND 1000000.00),
    CONSTRAINT ck_instructors_rate_private CHECK (rate_private BETWEEN 0.00 AND 1000000.00),
    CONSTRAINT ck_instructors_rate_preparation CHECK (rate_preparation BETWEEN 0.00 AND 1000000.00),
    CONSTRAINT ck_instructors_employment_type CHECK (employment_type IN ('freelancer', 'employee')),
    CONSTRAINT ck_instructors_notes CHECK (char_length(notes) <= 10000),
    CONSTRAINT ck_instructors_bank_name CHECK (char_length(bank_name) <= 50),
    CONSTRAINT ck_instructors_bank_branch CHECK (char_length(bank_branch) <= 50),
    CONSTRAINT ck_instructors_account_number CHECK (char_length(account_number) <= 50),
    CONSTRAINT ck_instructors_version CHECK (version > 0)
);
CREATE INDEX ix_instructors_created_at ON instructors (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_instructors_deletion ON instructors (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_instructors_is_active ON instructors (is_active) WHERE deleted_at IS NULL;
CREATE INDEX ix_instructors_name ON instructors ((name COLLATE "C"), id) WHERE deleted_at IS NULL;
CREATE INDEX ix_instructors_search
    ON instructors USING gin (name gin_trgm_ops, phone gin_trgm_ops, email gin_trgm_ops)
    WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uq_instructors_email ON instructors (email) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uq_instructors_phone ON instructors (phone) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uq_instructors_user_id ON instructors (user_id) WHERE deleted_at IS NULL;

CREATE TABLE institutional_orders (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    branch_id uuid NOT NULL,
    order_number text NOT NULL,
    order_date date NOT NULL,
    start_date date NOT NULL,
    end_date date NOT NULL,
    price_per_meeting numeric(14, 2),
    estimated_meetings integer,
    contact_name text,
    contact_phone text,
    contact_email text,
    notes text,
    status text NOT NULL,
    CONSTRAINT pk_institutional_orders PRIMARY KEY (id),
    CONSTRAINT ck_institutional_orders_dates CHECK (start_date <= end_date),
    CONSTRAINT fk_institutional_orders_branch_id FOREIGN KEY (branch_id) REFERENCES branches (id),
    CONSTRAINT ck_institutional_orders_order_number CHECK (char_length(order_number) <= 100),
    CONSTRAINT ck_institutional_orders_start_date CHECK (start_date BETWEEN DATE '2000-01-01' AND DATE '2100-12-31'),
    CONSTRAINT ck_institutional_orders_end_date CHECK (end_date BETWEEN DATE '2000-01-01' AND DATE '2100-12-31'),
    CONSTRAINT ck_institutional_orders_price_per_meeting CHECK (price_per_meeting BETWEEN 0.00 AND 1000000.00),
    CONSTRAINT ck_institutional_orders_estimated_meetings CHECK (estimated_meetings BETWEEN 0 AND 10000),
    CONSTRAINT ck_institutional_orders_contact_name CHECK (char_length(contact_name) <= 200),
    CONSTRAINT ck_institutional_orders_notes CHECK (char_length(notes) <= 10000),
    CONSTRAINT ck_institutional_orders_status CHECK (status IN ('draft', 'active', 'completed', 'cancelled')),
    CONSTRAINT ck_institutional_orders_version CHECK (version > 0)
);
CREATE INDEX ix_institutional_orders_branch_id
    ON institutional_orders (branch_id) WHERE deleted_at IS NULL;
CREATE INDEX ix_institutional_orders_created_at
    ON institutional_orders (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_institutional_orders_deletion
    ON institutional_orders (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_institutional_orders_end_date
    ON institutional_orders (end_date, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_institutional_orders_start_date
    ON institutional_orders (start_date, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_institutional_orders_status
    ON institutional_orders (status) WHERE deleted_at IS NULL;

CREATE TABLE cycles (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    name text NOT NULL,
    course_id uuid NOT NULL,
    branch_id uuid NOT NULL,
    instructor_id uuid NOT NULL,
    type text NOT NULL,
    start_date date NOT NULL,
    day_of_week text NOT NULL,
    start_time time NOT NULL,
    end_time time NOT NULL,
    total_meetings integer NOT NULL,
    institutional_order_id uuid,
    given_end_date date,
    end_date date,
    price_per_student numeric(14, 2),
    default_registration_amount numeric(14, 2),
    meeting_revenue numeric(14, 2),
    revenue_includes_vat boolean,
    instructor_payment_mode text NOT NULL,
    instructor_daily_rate numeric(14, 2),
    student_count integer,
    max_students integer,
    send_parent_reminders boolean NOT NULL,
    activity_type text NOT NULL,
    location text,
    zoom_meeting_id text,
    zoom_join_url text,
    notes text,
    status text NOT NULL,
    completed_meetings integer NOT NULL,
    scheduled_meetings integer NOT NULL,
    cancelled_meetings integer NOT NULL,
    postponed_meetings integer NOT NULL,
    CONSTRAINT pk_cycles PRIMARY KEY (id),
    CONSTRAINT ck_cycles_times CHECK (start_time < end_time
        AND end_time - start_time BETWEEN INTERVAL '5 minutes' AND INTERVAL '12 hours'),
    CONSTRAINT ck_cycles_dates CHECK (start_date <= given_end_date),
    CONSTRAINT ck_cycles_fixed_price CHECK (type <> 'institutional_fixed' OR meeting_revenue IS NOT NULL),
    CONSTRAINT ck_cycles_child_price CHECK (type <> 'institutional_per_child' OR price_per_student IS NOT NULL),
    CONSTRAINT ck_cycles_counts
        CHECK (completed_meetings >= 0 AND scheduled_meetings >= 0 AND cancelled_meetings >= 0 AND postponed_meetings >= 0),
    CONSTRAINT fk_cycles_course_id FOREIGN KEY (course_id) REFERENCES courses (id),
    CONSTRAINT fk_cycles_branch_id FOREIGN KEY (branch_id) REFERENCES branches (id),
    CONSTRAINT fk_cycles_instructor_id FOREIGN KEY (instructor_id) REFERENCES instructors (id),
    CONSTRAINT fk_cycles_institutional_order_id FOREIGN KEY (institutional_order_id) REFERENCES institutional_orders (id),
    CONSTRAINT ck_cycles_name CHECK (char_length(name) <= 200),
    CONSTRAINT ck_cycles_type CHECK (type IN ('private', 'institutional_per_child', 'institutional_fixed')),
    CONSTRAINT ck_cycles_start_date CHECK (start_date BETWEEN DATE '2000-01-01' AND DATE '2100-12-31'),
    CONSTRAINT ck_cycles_day_of_week
        CHECK (day_of_week IN ('sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday')),
    CONSTRAINT ck_cycles_total_meetings CHECK (total_meetings BETWEEN 1 AND 500),
    CONSTRAINT ck_cycles_given_end_date CHECK (given_end_date BETWEEN DATE '2000-01-01' AND DATE '2100-12-31'),
    CONSTRAINT ck_cycles_price_per_student CHECK (price_per_student BETWEEN 0.00 AND 1000000.00),
    CONSTRAINT ck_cycles_default_registration_amount CHECK (default_registration_amount BETWEEN 0.00 AND 1000000.00),
    CONSTRAINT ck_cycles_meeting_revenue CHECK (meeting_revenue BETWEEN 0.00 AND 1000000.00),
    CONSTRAINT ck_cycles_instructor_payment_mode CHECK (instructor_payment_mode IN ('hourly', 'daily')),
    CONSTRAINT ck_cycles_instructor_daily_rate CHECK (instructor_daily_rate BETWEEN 0.00 AND 1000000.00),
    CONSTRAINT ck_cycles_student_count CHECK (student_count BETWEEN 0 AND 10000),
    CONSTRAINT ck_cycles_max_students CHECK (max_students BETWEEN 1 AND 10000),
    CONSTRAINT ck_cycles_activity_type CHECK (activity_type IN ('frontal', 'online', 'private_lesson')),
    CONSTRAINT ck_cycles_location CHECK (char_length(location) <= 500),
    CONSTRAINT ck_cycles_zoom_meeting_id CHECK (char_length(zoom_meeting_id) <= 100),
    CONSTRAINT ck_cycles_zoom_join_url CHECK (char_length(zoom_join_url) <= 2000),
    CONSTRAINT ck_cycles_notes CHECK (char_length(notes) <= 10000),
    CONSTRAINT ck_cycles_status CHECK (status IN ('active', 'completed', 'cancelled')),
    CONSTRAINT ck_cycles_version CHECK (version > 0)
);
CREATE INDEX ix_cycles_activity_type ON cycles (activity_type) WHERE deleted_at IS NULL;
CREATE INDEX ix_cycles_branch_id ON cycles (branch_id) WHERE deleted_at IS NULL;
CREATE INDEX ix_cycles_course_id ON cycles (course_id) WHERE deleted_at IS NULL;
CREATE INDEX ix_cycles_created_at ON cycles (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_cycles_day_of_week ON cycles (day_of_week) WHERE deleted_at IS NULL;
CREATE INDEX ix_cycles_deletion ON cycles (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_cycles_end_date ON cycles (end_date, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_cycles_institutional_order_id
    ON cycles (institutional_order_id) WHERE deleted_at IS NULL;
CREATE INDEX ix_cycles_instructor_id ON cycles (instructor_id) WHERE deleted_at IS NULL;
CREATE INDEX ix_cycles_name ON cycles ((name COLLATE "C"), id) WHERE deleted_at IS NULL;
CREATE INDEX ix_cycles_search ON cycles USING gin (name gin_trgm_ops) WHERE deleted_at IS NULL;
CREATE INDEX ix_cycles_start_date ON cycles (start_date, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_cycles_status ON cycles (status) WHERE deleted_at IS NULL;
CREATE INDEX ix_cycles_type ON cycles (type) WHERE deleted_at IS NULL;

CREATE TABLE meetings (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    cycle_id uuid NOT NULL,
    instructor_id uuid NOT NULL,
    scheduled_date date NOT NULL,
    start_time time NOT NULL,
    end_time time NOT NULL,
    number integer,
    status text NOT NULL,
    nature text NOT NULL,
    activity_type text,
    topic text,
    notes text,
    zoom_meeting_id text,
    zoom_join_url text,
    revenue numeric(14, 2) NOT NULL,
    instructor_payment numeric(14, 2) NOT NULL,
    employer_cost numeric(14, 2) NOT NULL,
    profit numeric(14, 2) NOT NULL,
    pay_basis text,
    explanation jsonb NOT NULL,
    completed_at timestamptz,
    cancellation_reason text,
    cancelled_with_cycle boolean NOT NULL,
    rescheduled_to_id uuid,
    rescheduled_from_id uuid,
    started_at timestamptz,
    ended_at timestamptz,
    recording_url text,
    conflict_override boolean NOT NULL,
    CONSTRAINT pk_meetings PRIMARY KEY (id),
    CONSTRAINT ck_meetings_times CHECK (start_time < end_time
        AND end_time - start_time BETWEEN INTERVAL '5 minutes' AND INTERVAL '12 hours'),
    CONSTRAINT ck_meetings_numbered CHECK (status NOT IN ('scheduled', 'completed') OR number IS NOT NULL),
    CONSTRAINT ck_meetings_money
        CHECK (status = 'completed' OR (revenue = 0 AND instructor_payment = 0 AND employer_cost = 0 AND profit = 0 AND pay_basis IS NULL AND explanation = '[]')),
    CONSTRAINT ck_meetings_profit CHECK (profit = revenue - employer_cost),
    CONSTRAINT fk_meetings_rescheduled_to_id
        FOREIGN KEY (rescheduled_to_id) REFERENCES meetings (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_meetings_rescheduled_from_id
        FOREIGN KEY (rescheduled_from_id) REFERENCES meetings (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT ex_meetings_instructor
        EXCLUDE USING gist (instructor_id WITH =, tsrange(scheduled_date + start_time, scheduled_date + end_time) WITH &&) WHERE (deleted_at IS NULL AND status IN ('scheduled', 'completed') AND NOT conflict_override),
    CONSTRAINT fk_meetings_cycle_id FOREIGN KEY (cycle_id) REFERENCES cycles (id),
    CONSTRAINT fk_meetings_instructor_id FOREIGN KEY (instructor_id) REFERENCES instructors (id),
    CONSTRAINT ck_meetings_scheduled_date CHECK (scheduled_date BETWEEN DATE '2000-01-01' AND DATE '2100-12-31'),
    CONSTRAINT ck_meetings_number CHECK (number BETWEEN 1 AND 10000),
    CONSTRAINT ck_meetings_status CHECK (status IN ('scheduled', 'completed', 'cancelled', 'postponed')),
    CONSTRAINT ck_meetings_nature CHECK (nature IN ('regular', 'no_revenue')),
    CONSTRAINT ck_meetings_activity_type CHECK (activity_type IN ('frontal', 'online', 'private_lesson')),
    CONSTRAINT ck_meetings_topic CHECK (char_length(topic) <= 500),
    CONSTRAINT ck_meetings_notes CHECK (char_length(notes) <= 10000),
    CONSTRAINT ck_meetings_zoom_meeting_id CHECK (char_length(zoom_meeting_id) <= 100),
    CONSTRAINT ck_meetings_zoom_join_url CHECK (char_length(zoom_join_url) <= 2000),
    CONSTRAINT ck_meetings_instructor_payment CHECK (instructor_payment BETWEEN 0.00 AND 100000000.00),
    CONSTRAINT ck_meetings_employer_cost CHECK (employer_cost BETWEEN 0.00 AND 100000000.00),
    CONSTRAINT ck_meetings_pay_basis CHECK (pay_basis IN ('hourly', 'daily')),
    CONSTRAINT ck_meetings_cancellation_reason CHECK (char_length(cancellation_reason) <= 500),
    CONSTRAINT ck_meetings_recording_url CHECK (char_length(recording_url) <= 2000),
    CONSTRAINT ck_meetings_version CHECK (version > 0)
);
CREATE INDEX ix_meetings_activity_type ON meetings (activity_type) WHERE deleted_at IS NULL;
CREATE INDEX ix_meetings_created_at ON meetings (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_meetings_cycle_id
    ON meetings (cycle_id, scheduled_date, start_time, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_meetings_deletion ON meetings (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_meetings_instructor_id
    ON meetings (instructor_id, scheduled_date, start_time, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_meetings_scheduled_date
    ON meetings (scheduled_date, start_time, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_meetings_start_time ON meetings (start_time, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_meetings_status ON meetings (status, scheduled_date) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uq_meetings_number
    ON meetings (cycle_id, number)
    WHERE deleted_at IS NULL AND status IN ('scheduled', 'completed');

CREATE TABLE registrations (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    deletion uuid,
    student_id uuid NOT NULL,
    cycle_id uuid NOT NULL,
    registration_date date NOT NULL,
    status text NOT NULL,
    amount numeric(14, 2),
    payment_method text,
    invoice_link text,
    notes text,
    cancellation_date date,
    cancellation_reason text,
    before_cascade text,
    CONSTRAINT pk_registrations PRIMARY KEY (id),
    CONSTRAINT fk_registrations_student_id FOREIGN KEY (student_id) REFERENCES students (id),
    CONSTRAINT fk_registrations_cycle_id FOREIGN KEY (cycle_id) REFERENCES cycles (id),
    CONSTRAINT ck_registrations_registration_date CHECK (registration_date BETWEEN DATE '2000-01-01' AND DATE '2100-12-31'),
    CONSTRAINT ck_registrations_status CHECK (status IN ('registered', 'active', 'trial', 'completed', 'cancelled')),
    CONSTRAINT ck_registrations_amount CHECK (amount BETWEEN 0.00 AND 1000000.00),
    CONSTRAINT ck_registrations_payment_method CHECK (payment_method IN ('credit', 'transfer', 'cash')),
    CONSTRAINT ck_registrations_invoice_link CHECK (char_length(invoice_link) <= 2000),
    CONSTRAINT ck_registrations_notes CHECK (char_length(notes) <= 10000),
    CONSTRAINT ck_registrations_cancellation_reason CHECK (char_length(cancellation_reason) <= 500),
    CONSTRAINT ck_registrations_before_cascade
        CHECK (before_cascade IN ('registered', 'active', 'trial', 'completed', 'cancelled')),
    CONSTRAINT ck_registrations_version CHECK (version > 0)
);
CREATE INDEX ix_registrations_created_at ON registrations (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_registrations_cycle_id
    ON registrations (cycle_id, created_at) WHERE deleted_at IS NULL;
CREATE INDEX ix_registrations_deletion ON registrations (deletion) WHERE deletion IS NOT NULL;
CREATE INDEX ix_registrations_registration_date
    ON registrations (registration_date, id) WHERE deleted_at IS NULL;
CREATE INDEX ix_registrations_status ON registrations (status) WHERE deleted_at IS NULL;
CREATE INDEX ix_registrations_student_id ON registrations (student_id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX uq_registrations_live
    ON registrations (student_id, cycle_id)
    WHERE deleted_at IS NULL AND status IN ('registered', 'active', 'trial');

CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
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
    CONSTRAINT pk_audit_log PRIMARY KEY (id),
    CONSTRAINT ck_audit_log_actor_kind CHECK (actor_kind IN ('user', 'api_key', 'system'))
);
CREATE INDEX ix_audit_log_actor_id ON audit_log (actor_id, id);
CREATE INDEX ix_audit_log_at ON audit_log (at);
CREATE INDEX ix_audit_log_entity ON audit_log (entity, entity_id, id);

CREATE TABLE outbox (
    id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    type text NOT NULL,
    entity text NOT NULL,
    entity_id uuid NOT NULL,
    facts jsonb NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT pk_outbox PRIMARY KEY (id)
);
CREATE UNIQUE INDEX uq_outbox_position ON outbox (position);

CREATE TABLE import_ledger (
    key text NOT NULL,
    digest text NOT NULL,
    entity text NOT NULL,
    entity_id text NOT NULL,
    imported_at timestamptz NOT NULL,
    CONSTRAINT pk_import_ledger PRIMARY KEY (key)
);

-- The audit log only grows: whoever may write to the database may still not rewrite its history.

CREATE FUNCTION audit_log_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of audit_log are never changed or removed'
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER audit_log_rows BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_only_grows();
CREATE TRIGGER audit_log_whole BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_only_grows();
