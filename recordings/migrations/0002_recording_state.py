"""Takes are called recordings; the state that lay in which columns are null gets a column of its own."""

import django.db.models.deletion
from django.db import migrations, models

STATES = ["queued", "requested", "starting", "recording", "ending", "storing", "completed", "failed", "dropped"]
PENDING = ["queued", "requested", "starting"]
RUNNING = [*PENDING, "recording"]
UNFINISHED = [*RUNNING, "ending", "storing"]

STATE = """
UPDATE recordings_recording SET state = CASE
    WHEN status = 'pending' AND egress_id IS NOT NULL THEN 'starting'
    WHEN status = 'pending' AND asked_at IS NOT NULL THEN 'requested'
    WHEN status = 'pending' THEN 'queued'
    WHEN status = 'processing' AND finished_at IS NOT NULL THEN 'storing'
    WHEN status = 'processing' THEN 'ending'
    ELSE status
END
"""
STATUS = """
UPDATE recordings_recording SET status = CASE
    WHEN state IN ('queued', 'requested', 'starting') THEN 'pending'
    WHEN state IN ('ending', 'storing') THEN 'processing'
    ELSE state
END
"""


class Migration(migrations.Migration):

    dependencies = [
        ("meetings", "0001_initial"),
        ("participants", "0007_connection"),
        ("recordings", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint("take", "one_running_take_per_meeting"),
        migrations.RemoveIndex("take", "unfinished_takes"),
        migrations.RemoveIndex("take", "failed_takes"),
        migrations.RenameModel("Take", "Recording"),
        migrations.AlterField(
            model_name="recording",
            name="meeting",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="recordings", to="meetings.meeting"),
        ),
        migrations.AlterField(
            model_name="recording",
            name="recorder",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="recordings", to="participants.participant"),
        ),
        migrations.AddField(
            model_name="recording",
            name="state",
            field=models.CharField(choices=[(state, state) for state in STATES], default="queued", max_length=10),
        ),
        migrations.RunSQL(STATE, STATUS),
        migrations.RemoveField("recording", "status"),
        migrations.RenameField("recording", "asked_at", "requested_at"),
        migrations.RenameField("recording", "missed_at", "missing_since"),
        migrations.RenameField("recording", "stop_asked_at", "stop_requested_at"),
        migrations.AddConstraint(
            "recording",
            models.UniqueConstraint(fields=("meeting",), condition=models.Q(state__in=RUNNING), name="one_running_recording_per_meeting"),
        ),
        migrations.AddIndex(
            "recording",
            models.Index(fields=["state"], condition=models.Q(state__in=UNFINISHED), name="unfinished_recordings"),
        ),
        migrations.AddIndex(
            "recording",
            models.Index(fields=["failed_at"], condition=models.Q(state="failed"), name="failed_recordings"),
        ),
    ]
