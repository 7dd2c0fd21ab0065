-- What Zoom told, each thing once by its digest, and finding meetings by the number of their room,
-- however people write that.

CREATE INDEX ix_meetings_zoom_meeting_id
    ON meetings (translate(zoom_meeting_id, ' -', ''), scheduled_date) WHERE deleted_at IS NULL;
CREATE INDEX ix_cycles_zoom_meeting_id
    ON cycles (translate(zoom_meeting_id, ' -', '')) WHERE deleted_at IS NULL;

CREATE TABLE zoom_events (
    type text NOT NULL,
    zoom_meeting_id text,
    session text,
    sent_at timestamptz,
    started_at timestamptz,
    ended_at timestamptz,
    recording_url text,
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    digest text NOT NULL,
    meeting_id uuid,
    CONSTRAINT pk_zoom_events PRIMARY KEY (id),
    CONSTRAINT fk_zoom_events_meeting_id FOREIGN KEY (meeting_id) REFERENCES meetings (id),
    CONSTRAINT ck_zoom_events_type CHECK (char_length(type) <= 100),
    CONSTRAINT ck_zoom_events_zoom_meeting_id CHECK (char_length(zoom_meeting_id) <= 20),
    CONSTRAINT ck_zoom_events_session CHECK (char_length(session) <= 100),
    CONSTRAINT ck_zoom_events_recording_url CHECK (char_length(recording_url) <= 2000),
    CONSTRAINT ck_zoom_events_digest CHECK (char_length(digest) <= 64)
);
CREATE UNIQUE INDEX uq_zoom_events_digest ON zoom_events (digest);
CREATE INDEX ix_zoom_events_created_at ON zoom_events (created_at, id);
CREATE INDEX ix_zoom_events_type ON zoom_events (type, created_at, id);
CREATE INDEX ix_zoom_events_unmatched ON zoom_events (created_at, id) WHERE meeting_id IS NULL;
CREATE INDEX ix_zoom_events_matched ON zoom_events (created_at, id) WHERE meeting_id IS NOT NULL;
