-- What is paid for registrations, entry by entry. Nothing has been paid before: no program could.

CREATE TABLE payments (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    registration_id uuid NOT NULL,
    kind text NOT NULL,
    amount numeric(14, 2) NOT NULL,
    paid_at date NOT NULL,
    method text,
    invoice_link text,
    recorded_by_id uuid,
    CONSTRAINT pk_payments PRIMARY KEY (id),
    CONSTRAINT fk_payments_registration_id FOREIGN KEY (registration_id) REFERENCES registrations (id),
    CONSTRAINT ck_payments_kind CHECK (kind IN ('payment', 'refund')),
    CONSTRAINT ck_payments_amount CHECK (amount BETWEEN -1000000.00 AND 1000000.00),
    CONSTRAINT ck_payments_direction
        CHECK ((kind = 'payment' AND amount > 0) OR (kind = 'refund' AND amount < 0)),
    CONSTRAINT ck_payments_paid_at CHECK (paid_at BETWEEN DATE '2000-01-01' AND DATE '2100-12-31'),
    CONSTRAINT ck_payments_method CHECK (method IN ('credit', 'transfer', 'cash')),
    CONSTRAINT ck_payments_invoice_link CHECK (char_length(invoice_link) <= 2000)
);
CREATE INDEX ix_payments_paid_at ON payments (paid_at, id);
CREATE INDEX ix_payments_registration_id ON payments (registration_id, created_at, id);

-- The ledger only grows, as the audit log does.

CREATE FUNCTION payments_only_grow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE insufficient_privilege
        USING MESSAGE = 'payments are never changed or removed';
END
$$;
CREATE TRIGGER payments_rows BEFORE UPDATE OR DELETE ON payments
    FOR EACH ROW EXECUTE FUNCTION payments_only_grow();
CREATE TRIGGER payments_whole BEFORE TRUNCATE ON payments
    FOR EACH STATEMENT EXECUTE FUNCTION payments_only_grow();

-- What a registration says is paid is the sum of its ledger, looked at when a transaction commits.
-- Two transactions cannot pass each other: whoever adds to a ledger and does not change the
-- registration is refused, and whoever changes the registration holds its row until the commit.

CREATE FUNCTION paid_amount_is_the_sum_of_payments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose uuid;
    paid numeric;
    total numeric;
BEGIN
    IF TG_TABLE_NAME = 'payments' THEN
        whose := NEW.registration_id;
    ELSIF TG_OP = 'UPDATE' AND NEW.paid_amount = OLD.paid_amount THEN
        RETURN NULL;
    ELSE
        whose := NEW.id;
    END IF;
    SELECT paid_amount INTO paid FROM registrations WHERE id = whose;
    SELECT coalesce(sum(amount), 0) INTO total FROM payments WHERE registration_id = whose;
    IF paid <> total THEN
        RAISE check_violation USING
            MESSAGE = 'registration ' || whose || ' says ' || paid || ', its payments ' || total,
            CONSTRAINT = TG_NAME;
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER tr_registrations_paid_amount AFTER INSERT OR UPDATE ON registrations
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION paid_amount_is_the_sum_of_payments();
CREATE CONSTRAINT TRIGGER tr_payments_paid_amount AFTER INSERT ON payments
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION paid_amount_is_the_sum_of_payments();
