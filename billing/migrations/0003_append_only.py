"""The ledger is append-only: the database refuses what would change it, whoever asks."""

from django.db import migrations

# Entries from before they told the balance.
BALANCES = """
UPDATE billing_entry SET balance_after = sums.balance FROM (
    SELECT id, sum(amount) OVER (PARTITION BY customer_id ORDER BY id) AS balance FROM billing_entry
) AS sums WHERE sums.id = billing_entry.id
"""

GUARD = """
CREATE FUNCTION billing_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger is append-only: % of an entry is refused. Write a further entry instead.', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER billing_entry_append_only BEFORE UPDATE OR DELETE ON billing_entry
    FOR EACH ROW EXECUTE FUNCTION billing_entry_is_append_only();
CREATE TRIGGER billing_entry_not_emptied BEFORE TRUNCATE ON billing_entry
    FOR EACH STATEMENT EXECUTE FUNCTION billing_entry_is_append_only();
"""

NO_GUARD = """
DROP TRIGGER billing_entry_append_only ON billing_entry;
DROP TRIGGER billing_entry_not_emptied ON billing_entry;
DROP FUNCTION billing_entry_is_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("billing", "0002_usage"),
    ]

    operations = [
        migrations.RunSQL(BALANCES, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
