"""What of the polls is settled."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0005_meeting_sums'),
        ('participants', '0011_heartbeats'),
    ]

    operations = [
        migrations.AddField(
            model_name='meetingusage',
            name='beats',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='meetingusage',
            name='settled_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
    ]
