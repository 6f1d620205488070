"""Each page and count of the list is read from one index, and one that none uses goes.

Nothing is locked for long: indexes are built and dropped concurrently. One that a crash left half-built is
invalid: drop it, and migrate again.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

NEWEST_FIRST = ["customer", "-created_at", "-id"]
LIKE = "meetings_meeting_code_bc364488_like"


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('customers', '0003_overdraft_limit'),
        ('meetings', '0001_initial'),
    ]

    operations = [
        AddIndexConcurrently(
            "meeting",
            models.Index(fields=NEWEST_FIRST, condition=models.Q(ended_at__isnull=False), name="meetings_ended"),
        ),
        AddIndexConcurrently(
            "meeting",
            models.Index(
                fields=NEWEST_FIRST,
                include=("cancelled_at", "expires_at"),
                condition=models.Q(ended_at__isnull=True),
                name="meetings_not_ended",
            ),
        ),
        AddIndexConcurrently(
            "meeting",
            models.Index(
                fields=["customer"],
                condition=models.Q(ended_at__isnull=True, cancelled_at__isnull=False),
                name="meetings_cancelled",
            ),
        ),
        AddIndexConcurrently(
            "meeting",
            models.Index(
                fields=["customer", "expires_at"],
                condition=models.Q(ended_at__isnull=True, cancelled_at__isnull=True),
                name="meetings_by_expiry",
            ),
        ),
        # Of codes no query asks LIKE; they are unique by another index.
        migrations.RunSQL(
            f"DROP INDEX CONCURRENTLY IF EXISTS {LIKE}",
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {LIKE} ON meetings_meeting (code varchar_pattern_ops)",
        ),
    ]
