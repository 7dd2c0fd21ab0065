-- Institutional orders: a number is not required (api.md).

ALTER TABLE institutional_orders ALTER COLUMN order_number DROP NOT NULL;
