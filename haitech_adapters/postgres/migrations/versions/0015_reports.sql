-- What makes reports fast: an index that holds all that money is summed from, and marks counted by
-- month. Decision 42 has the figures.

CREATE INDEX ix_meetings_held
    ON meetings (scheduled_date)
    INCLUDE (cycle_id, instructor_id, activity_type, start_time, end_time, number,
             revenue, instructor_payment, employer_cost)
    WHERE deleted_at IS NULL AND status = 'completed';

CREATE TABLE attendance_months (
    student_id uuid NOT NULL,
    cycle_id uuid NOT NULL,
    month date NOT NULL,
    instructor_id uuid NOT NULL,
    present integer NOT NULL,
    absent integer NOT NULL,
    late integer NOT NULL,
    CONSTRAINT pk_attendance_months PRIMARY KEY (student_id, cycle_id, month, instructor_id),
    CONSTRAINT fk_attendance_months_cycle_id FOREIGN KEY (cycle_id) REFERENCES cycles (id),
    CONSTRAINT ck_attendance_months_counts CHECK (present >= 0 AND absent >= 0 AND late >= 0)
);
CREATE INDEX ix_attendance_months_cycle_id ON attendance_months (cycle_id);

-- Counted are live marks in live meetings that teach. Guests stand under the null UUID. Whether the
-- cycle is live is asked when the months are read.
--
-- A mark is added and taken away by itself. What changes a meeting's place has its cycle counted
-- anew: that is rare, and a cycle is small. Both hold the cycle's row, which every verb that marks
-- or changes a meeting holds already; so no one waits who did not wait before, and whoever comes
-- past the verbs is counted as exactly.

CREATE FUNCTION month_of(day date) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT day - (EXTRACT(day FROM day)::integer - 1)
$$;

CREATE FUNCTION attendance_of_cycle_counted(of_cycle uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM cycles WHERE id = of_cycle FOR NO KEY UPDATE;
    DELETE FROM attendance_months WHERE cycle_id = of_cycle;
    INSERT INTO attendance_months
    SELECT coalesce(a.student_id, r.student_id, '00000000-0000-0000-0000-000000000000'),
           m.cycle_id,
           month_of(m.scheduled_date),
           m.instructor_id,
           count(*) FILTER (WHERE a.status = 'present'),
           count(*) FILTER (WHERE a.status = 'absent'),
           count(*) FILTER (WHERE a.status = 'late')
    FROM meetings m
    JOIN attendance a ON a.meeting_id = m.id
    LEFT JOIN registrations r ON r.id = a.registration_id
    WHERE m.cycle_id = of_cycle AND m.deleted_at IS NULL AND m.status IN ('scheduled', 'completed')
      AND a.deleted_at IS NULL
    GROUP BY 1, 2, 3, 4;
END
$$;

-- Adds a mark to its month (by 1), or takes it away (by -1). False where it was not there to be
-- taken away, and its cycle was counted anew instead.
CREATE FUNCTION attendance_mark_counted(mark attendance, by integer) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    place attendance_months;
BEGIN
    PERFORM FROM cycles
    WHERE id = (SELECT cycle_id FROM meetings WHERE id = mark.meeting_id)
    FOR NO KEY UPDATE;
    SELECT coalesce(mark.student_id, r.student_id, '00000000-0000-0000-0000-000000000000'),
           m.cycle_id,
           month_of(m.scheduled_date),
           m.instructor_id,
           (mark.status = 'present')::integer * by,
           (mark.status = 'absent')::integer * by,
           (mark.status = 'late')::integer * by
    INTO place
    FROM meetings m
    LEFT JOIN registrations r ON r.id = mark.registration_id
    WHERE m.id = mark.meeting_id AND m.deleted_at IS NULL
      AND m.status IN ('scheduled', 'completed') AND mark.deleted_at IS NULL;
    IF NOT FOUND THEN
        RETURN true;
    END IF;
    UPDATE attendance_months kept
    SET present = kept.present + place.present,
        absent = kept.absent + place.absent,
        late = kept.late + place.late
    WHERE kept.student_id = place.student_id
      AND kept.cycle_id = place.cycle_id
      AND kept.month = place.month
      AND kept.instructor_id = place.instructor_id
      AND least(kept.present + place.present, kept.absent + place.absent,
                kept.late + place.late) >= 0;
    IF FOUND THEN
        RETURN true;
    END IF;
    IF by > 0 THEN
        INSERT INTO attendance_months SELECT place.*;
        RETURN true;
    END IF;
    PERFORM attendance_of_cycle_counted(place.cycle_id);
    RETURN false;
END
$$;

CREATE FUNCTION attendance_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR attendance_mark_counted(OLD, -1) AND TG_OP = 'UPDATE' THEN
        PERFORM attendance_mark_counted(NEW, 1);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_attendance_counted AFTER INSERT OR DELETE ON attendance
    FOR EACH ROW EXECUTE FUNCTION attendance_counted();
CREATE TRIGGER tr_attendance_changed AFTER UPDATE ON attendance
    FOR EACH ROW
    WHEN ((OLD.meeting_id, OLD.registration_id, OLD.student_id, OLD.status, OLD.deleted_at IS NULL)
        IS DISTINCT FROM
        (NEW.meeting_id, NEW.registration_id, NEW.student_id, NEW.status, NEW.deleted_at IS NULL))
    EXECUTE FUNCTION attendance_counted();

CREATE FUNCTION attendance_of_meeting_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM attendance WHERE meeting_id = NEW.id AND deleted_at IS NULL) THEN
        PERFORM attendance_of_cycle_counted(concerned)
        FROM (SELECT DISTINCT unnest(ARRAY[OLD.cycle_id, NEW.cycle_id]) AS concerned ORDER BY 1) AS cycles;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_meetings_attendance AFTER UPDATE ON meetings
    FOR EACH ROW
    WHEN ((OLD.cycle_id, OLD.instructor_id, month_of(OLD.scheduled_date),
           OLD.deleted_at IS NULL AND OLD.status IN ('scheduled', 'completed'))
        IS DISTINCT FROM
        (NEW.cycle_id, NEW.instructor_id, month_of(NEW.scheduled_date),
           NEW.deleted_at IS NULL AND NEW.status IN ('scheduled', 'completed')))
    EXECUTE FUNCTION attendance_of_meeting_moved();

CREATE FUNCTION attendance_of_registration_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM attendance_of_cycle_counted(concerned)
    FROM (
        SELECT DISTINCT m.cycle_id AS concerned
        FROM attendance a JOIN meetings m ON m.id = a.meeting_id
        WHERE a.registration_id = NEW.id
        ORDER BY 1
    ) AS cycles;
    RETURN NULL;
END
$$;
CREATE TRIGGER tr_registrations_attendance AFTER UPDATE ON registrations
    FOR EACH ROW WHEN (OLD.student_id <> NEW.student_id)
    EXECUTE FUNCTION attendance_of_registration_moved();

INSERT INTO attendance_months
SELECT coalesce(a.student_id, r.student_id, '00000000-0000-0000-0000-000000000000'),
       m.cycle_id,
       month_of(m.scheduled_date),
       m.instructor_id,
       count(*) FILTER (WHERE a.status = 'present'),
       count(*) FILTER (WHERE a.status = 'absent'),
       count(*) FILTER (WHERE a.status = 'late')
FROM meetings m
JOIN attendance a ON a.meeting_id = m.id
LEFT JOIN registrations r ON r.id = a.registration_id
WHERE m.deleted_at IS NULL AND m.status IN ('scheduled', 'completed') AND a.deleted_at IS NULL
GROUP BY 1, 2, 3, 4;
