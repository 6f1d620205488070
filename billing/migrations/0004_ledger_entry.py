"""Entries are called ledger entries, and accounts credit accounts; the ledger's guard follows."""

import django.db.models.deletion
from django.db import migrations, models

GUARD = (
    "FUNCTION {0}_is_append_only() RENAME TO {1}_is_append_only",
    "TRIGGER {0}_append_only ON billing_ledgerentry RENAME TO {1}_append_only",
    "TRIGGER {0}_not_emptied ON billing_ledgerentry RENAME TO {1}_not_emptied",
)


def renamed(old, new):
    return ";".join(f"ALTER {part.format(old, new)}" for part in GUARD)


class Migration(migrations.Migration):

    dependencies = [
        ("billing", "0003_append_only"),
        ("customers", "0003_overdraft_limit"),
        ("meetings", "0001_initial"),
    ]

    operations = [
        migrations.RenameModel("Account", "CreditAccount"),
        migrations.AlterField(
            model_name="creditaccount",
            name="customer",
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="credit_account", to="customers.customer"),
        ),
        migrations.RenameModel("Entry", "LedgerEntry"),
        migrations.AlterModelOptions("ledgerentry", {"ordering": ("-pk",), "verbose_name_plural": "ledger entries"}),
        migrations.AlterField(
            model_name="ledgerentry",
            name="customer",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="ledger_entries", to="customers.customer"),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="meeting",
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="ledger_entries", to="meetings.meeting"),
        ),
        migrations.RenameIndex("ledgerentry", old_name="entries_newest_first", new_name="ledger_newest_first"),
        migrations.RenameIndex("ledgerentry", old_name="entries_of_a_month", new_name="ledger_by_month"),
        migrations.RunSQL(renamed("billing_entry", "billing_ledgerentry"), renamed("billing_ledgerentry", "billing_entry")),
    ]
