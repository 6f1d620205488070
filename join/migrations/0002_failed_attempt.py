"""Wrong tries are called failed attempts, and a place a network."""

import django.db.models.deletion
from django.db import migrations, models

BY_NETWORK = models.Index(fields=("network", "created_at"), name="failed_attempts_by_network")


class Migration(migrations.Migration):

    dependencies = [
        ("join", "0001_initial"),
        ("meetings", "0001_initial"),
    ]

    operations = [
        migrations.RenameModel("WrongTry", "FailedAttempt"),
        migrations.RenameField("failedattempt", "place", "network"),
        migrations.AlterField(
            "failedattempt",
            "meeting",
            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="failed_attempts", to="meetings.meeting"),
        ),
        migrations.RenameIndex("failedattempt", old_name="wrong_tries_by_place", new_name="failed_attempts_by_network"),
        migrations.SeparateDatabaseAndState(  # the database has the column's new name in it already
            state_operations=[
                migrations.RemoveIndex("failedattempt", BY_NETWORK.name),
                migrations.AddIndex("failedattempt", BY_NETWORK),
            ]
        ),
        migrations.RenameIndex("failedattempt", old_name="wrong_tries_by_meeting", new_name="failed_attempts_by_meeting"),
        migrations.RenameIndex("failedattempt", old_name="wrong_tries_by_age", new_name="failed_attempts_by_age"),
    ]
