-- What no migration may do while programs of the version before work: `nox -s deployment` sees that the linter
-- finds each of these.
ALTER TABLE meetings DROP COLUMN topic;
ALTER TABLE meetings RENAME COLUMN topic TO subject;
ALTER TABLE meetings RENAME TO lessons;
DROP TABLE leads;
CREATE INDEX ix_meetings_of_an_example ON meetings (topic);
DROP INDEX ix_meetings_of_an_example;
ALTER TABLE meetings ALTER COLUMN topic TYPE varchar(10);
ALTER TABLE meetings ALTER COLUMN topic SET NOT NULL;
ALTER TABLE meetings ADD COLUMN of_an_example integer NOT NULL;
ALTER TABLE meetings ADD CONSTRAINT ck_meetings_of_an_example CHECK (char_length(topic) < 10);
ALTER TABLE meetings ADD CONSTRAINT fk_meetings_of_an_example FOREIGN KEY (course_id) REFERENCES courses (id);
ALTER TABLE meetings ADD CONSTRAINT uq_meetings_of_an_example UNIQUE (topic);
