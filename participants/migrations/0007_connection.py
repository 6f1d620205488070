"""Stays are called connections, and the looks that missed one, polls."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("meetings", "0001_initial"),
        ("participants", "0006_visit"),
    ]

    operations = [
        migrations.RenameModel("Stay", "Connection"),
        migrations.AlterField(
            model_name="connection",
            name="meeting",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="connections", to="meetings.meeting"),
        ),
        migrations.AlterField(
            model_name="connection",
            name="participant",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="connections", to="participants.participant"),
        ),
        migrations.RenameField("connection", "missed_looks", "missed_polls"),
        migrations.RenameIndex("connection", old_name="open_stays", new_name="open_connections"),
        migrations.RenameIndex("connection", old_name="stays_by_leaving", new_name="connections_by_leaving"),
        migrations.RenameIndex("connection", old_name="unsettled_stays", new_name="unsettled_connections"),
    ]
