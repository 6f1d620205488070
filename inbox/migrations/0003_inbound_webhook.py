"""Events are called inbound webhooks."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("inbox", "0002_news_kept_for_a_while"),
    ]

    operations = [
        migrations.RenameModel("Event", "InboundWebhook"),
        migrations.RenameIndex("inboundwebhook", old_name="news_to_apply", new_name="webhooks_to_apply"),
        migrations.RenameIndex("inboundwebhook", old_name="news_applied", new_name="webhooks_applied"),
    ]
