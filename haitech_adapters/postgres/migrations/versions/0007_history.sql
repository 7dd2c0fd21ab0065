-- From now on the past of these values is kept: one row for each time that one of them changed.
-- Triggers write it, so that no way of changing a value goes past it.

CREATE FUNCTION keep_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    since timestamptz := NEW.updated_at;
BEGIN
    -- the program moves the version along and says when; whoever goes past it does neither
    IF TG_OP = 'UPDATE' AND NEW.version = OLD.version THEN
        since := clock_timestamp();
    END IF;
    EXECUTE 'INSERT INTO ' || quote_ident(TG_TABLE_NAME || '_history')
        || ' (id, since, ' || array_to_string(TG_ARGV, ', ')
        || ') SELECT $1.id, $2, $1.' || array_to_string(TG_ARGV, ', $1.')
        USING NEW, since;
    RETURN NULL;
END
$$;

CREATE TABLE instructors_history (
    id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    since timestamptz NOT NULL,
    rate_frontal numeric(14, 2),
    rate_online numeric(14, 2),
    rate_private numeric(14, 2),
    rate_preparation numeric(14, 2),
    employment_type text NOT NULL,
    CONSTRAINT pk_instructors_history PRIMARY KEY (id, position),
    CONSTRAINT fk_instructors_history_id FOREIGN KEY (id) REFERENCES instructors (id)
);
CREATE TRIGGER instructors_begin AFTER INSERT ON instructors
    FOR EACH ROW EXECUTE FUNCTION keep_history(
        'rate_frontal', 'rate_online', 'rate_private', 'rate_preparation', 'employment_type'
    );
CREATE TRIGGER instructors_change AFTER UPDATE ON instructors
    FOR EACH ROW WHEN ((
        OLD.rate_frontal, OLD.rate_online, OLD.rate_private, OLD.rate_preparation,
        OLD.employment_type
    ) IS DISTINCT FROM (
        NEW.rate_frontal, NEW.rate_online, NEW.rate_private, NEW.rate_preparation,
        NEW.employment_type
    )) EXECUTE FUNCTION keep_history(
        'rate_frontal', 'rate_online', 'rate_private', 'rate_preparation', 'employment_type'
    );
-- nothing of a row has changed since it was last written, so its values of today held already then
INSERT INTO instructors_history (
    id, since, rate_frontal, rate_online, rate_private, rate_preparation, employment_type
)
SELECT
    id, updated_at, rate_frontal, rate_online, rate_private, rate_preparation, employment_type
FROM instructors;

CREATE TABLE cycles_history (
    id uuid NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    since timestamptz NOT NULL,
    instructor_id uuid NOT NULL,
    type text NOT NULL,
    total_meetings integer NOT NULL,
    price_per_student numeric(14, 2),
    default_registration_amount numeric(14, 2),
    meeting_revenue numeric(14, 2),
    revenue_includes_vat boolean,
    instructor_payment_mode text NOT NULL,
    instructor_daily_rate numeric(14, 2),
    student_count integer,
    activity_type text NOT NULL,
    CONSTRAINT pk_cycles_history PRIMARY KEY (id, position),
    CONSTRAINT fk_cycles_history_id FOREIGN KEY (id) REFERENCES cycles (id)
);
CREATE TRIGGER cycles_begin AFTER INSERT ON cycles
    FOR EACH ROW EXECUTE FUNCTION keep_history(
        'instructor_id', 'type', 'total_meetings', 'price_per_student',
        'default_registration_amount', 'meeting_revenue', 'revenue_includes_vat',
        'instructor_payment_mode', 'instructor_daily_rate', 'student_count', 'activity_type'
    );
CREATE TRIGGER cycles_change AFTER UPDATE ON cycles
    FOR EACH ROW WHEN ((
        OLD.instructor_id, OLD.type, OLD.total_meetings, OLD.price_per_student,
        OLD.default_registration_amount, OLD.meeting_revenue, OLD.revenue_includes_vat,
        OLD.instructor_payment_mode, OLD.instructor_daily_rate, OLD.student_count,
        OLD.activity_type
    ) IS DISTINCT FROM (
        NEW.instructor_id, NEW.type, NEW.total_meetings, NEW.price_per_student,
        NEW.default_registration_amount, NEW.meeting_revenue, NEW.revenue_includes_vat,
        NEW.instructor_payment_mode, NEW.instructor_daily_rate, NEW.student_count,
        NEW.activity_type
    )) EXECUTE FUNCTION keep_history(
        'instructor_id', 'type', 'total_meetings', 'price_per_student',
        'default_registration_amount', 'meeting_revenue', 'revenue_includes_vat',
        'instructor_payment_mode', 'instructor_daily_rate', 'student_count', 'activity_type'
    );
-- nothing of a row has changed since it was last written, so its values of today held already then
INSERT INTO cycles_history (
    id, since, instructor_id, type, total_meetings, price_per_student, default_registration_amount,
    meeting_revenue, revenue_includes_vat, instructor_payment_mode, instructor_daily_rate,
    student_count, activity_type
)
SELECT
    id, updated_at, instructor_id, type, total_meetings, price_per_student,
    default_registration_amount, meeting_revenue, revenue_includes_vat, instructor_payment_mode, instructor_daily_rate,
    student_count, activity_type
FROM cycles;
