"""A follow-up task that waits for a worker is not queued again."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recordings', '0003_download_permission'),
    ]

    operations = [
        migrations.AddField(
            model_name='recording',
            name='queued_action',
            field=models.CharField(blank=True, default='', editable=False, max_length=20),
        ),
        migrations.AddField(
            model_name='recording',
            name='queued_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
