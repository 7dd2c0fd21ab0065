-- Institutional orders: a number is not required (api.md).

ALTER TABLE institutional_orders ALTER COLUMN order_number DROP NOT NULL;

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
