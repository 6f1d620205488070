"""Kept answers are called stored responses."""

from django.db import migrations, models

FORMER, NOW = "one_answer_per_key", "one_response_per_key"
FIELDS = ("customer", "key", "method", "path")


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),  # or going back would look for the column
    ]

    operations = [
        migrations.RenameModel("KeptAnswer", "StoredResponse"),
        migrations.RenameField("storedresponse", "sealed", "encrypted_body"),
        migrations.SeparateDatabaseAndState(  # its index gives a unique constraint its name
            database_operations=[
                migrations.RunSQL(f"ALTER INDEX {FORMER} RENAME TO {NOW}", f"ALTER INDEX {NOW} RENAME TO {FORMER}")
            ],
            state_operations=[
                migrations.RemoveConstraint("storedresponse", FORMER),
                migrations.AddConstraint("storedresponse", models.UniqueConstraint(fields=FIELDS, name=NOW)),
            ],
        ),
    ]
