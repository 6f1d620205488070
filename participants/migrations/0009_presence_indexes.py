"""Who is present is found from open connections and live admissions; indexes that repeat others go.

Nothing is locked for long: indexes are built and dropped concurrently. One that a crash left half-built is
invalid: drop it, and migrate again.
"""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


def without_index(model, field, to, name):
    """Drop a foreign key's own index: another begins with the same column."""
    column = f"{field}_id"
    return migrations.SeparateDatabaseAndState(
        [
            migrations.RunSQL(
                f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON participants_{model} ({column})",
            )
        ],
        [
            migrations.AlterField(
                model,
                field,
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name=f"{model}s",
                    to=to,
                ),
            )
        ],
    )


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('meetings', '0002_list_indexes'),
        ('participants', '0008_admission_named'),
    ]

    operations = [
        AddIndexConcurrently("admission", models.Index(fields=["created_at"], name="admissions_by_time")),
        AddIndexConcurrently(
            "admission", models.Index(fields=["participant", "created_at"], name="admissions_of_participant")
        ),
        AddIndexConcurrently(
            "connection", models.Index(fields=["meeting", "left_at"], name="connections_of_meeting")
        ),
        without_index("admission", "participant", "participants.participant", "participants_admission_participant_id_416547d4"),
        without_index("connection", "meeting", "meetings.meeting", "participants_stay_meeting_id_2af78d77"),
        without_index("participant", "meeting", "meetings.meeting", "participants_participant_meeting_id_a3ce948f"),
    ]
