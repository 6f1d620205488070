"""Answers are called feedback, and debts feedback requests."""

import django.db.models.deletion
from django.db import migrations, models


def foreign_key(to, related_name):
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=to)


def rename_unique(model, old, new):
    """Its index gives a unique constraint its name."""
    fields = ("meeting", "external_user_id")
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(f"ALTER INDEX {old} RENAME TO {new}", f"ALTER INDEX {new} RENAME TO {old}")
        ],
        state_operations=[
            migrations.RemoveConstraint(model, old),
            migrations.AddConstraint(model, models.UniqueConstraint(fields=fields, name=new)),
        ],
    )


class Migration(migrations.Migration):

    dependencies = [
        ("customers", "0003_overdraft_limit"),
        ("feedback", "0001_initial"),
        ("meetings", "0001_initial"),
        ("participants", "0007_connection"),
    ]

    operations = [
        migrations.RenameModel("Answer", "Feedback"),
        migrations.AlterModelOptions("feedback", {"ordering": ("created_at", "pk"), "verbose_name_plural": "feedback"}),
        migrations.AlterField("feedback", "meeting", foreign_key("meetings.meeting", "feedback")),
        migrations.AlterField("feedback", "participant", foreign_key("participants.participant", "feedback")),
        rename_unique("feedback", "one_answer_per_meeting", "one_feedback_per_meeting"),
        migrations.RenameModel("Debt", "FeedbackRequest"),
        migrations.AlterField("feedbackrequest", "meeting", foreign_key("meetings.meeting", "feedback_requests")),
        migrations.AlterField("feedbackrequest", "customer", foreign_key("customers.customer", "feedback_requests")),
        migrations.AlterField("feedbackrequest", "participant", foreign_key("participants.participant", "feedback_requests")),
        migrations.RenameIndex("feedbackrequest", old_name="debts_at_the_door", new_name="open_requests"),
        rename_unique("feedbackrequest", "one_debt_per_meeting", "one_request_per_meeting"),
    ]
