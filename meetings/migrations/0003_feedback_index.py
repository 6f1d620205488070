from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Every half minute it is sought who owes feedback: not among all meetings."""

    atomic = False
    dependencies = [("meetings", "0002_list_indexes")]
    operations = [
        AddIndexConcurrently(
            "meeting",
            models.Index(
                condition=models.Q(("feedback_required", True)),
                fields=["id"],
                name="meetings_asking_for_feedback",
            ),
        ),
    ]
