-- Lists that go through a student's customer or a cycle's branch, course or activity ask of all
-- students and cycles, also the deleted ones: indexes of the live ones alone answered nothing, and
-- all rows were read. Decision 46.

DROP INDEX ix_students_customer_id;
CREATE INDEX ix_students_customer_id ON students (customer_id);
DROP INDEX ix_cycles_branch_id;
CREATE INDEX ix_cycles_branch_id ON cycles (branch_id);
DROP INDEX ix_cycles_course_id;
CREATE INDEX ix_cycles_course_id ON cycles (course_id);
DROP INDEX ix_cycles_activity_type;
CREATE INDEX ix_cycles_activity_type ON cycles (activity_type, id);
-- missing ends come last both ways
CREATE INDEX ix_cycles_end_date_falling ON cycles (end_date DESC NULLS LAST, id DESC)
    WHERE deleted_at IS NULL;
