"""A person's former registrations are found by their `external_user_id`. Built without a lock."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('participants', '0009_presence_indexes'),
    ]

    operations = [
        AddIndexConcurrently(
            "participant",
            models.Index(
                fields=["meeting", "external_user_id"],
                condition=models.Q(removed_at__isnull=False),
                name="removed_registrations",
            ),
        ),
    ]
