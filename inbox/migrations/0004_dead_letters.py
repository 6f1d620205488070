"""Webhooks that fail are retried less and less often, and given up after a day."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inbox', '0003_inbound_webhook'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='inboundwebhook',
            name='webhooks_to_apply',
        ),
        migrations.AddField(
            model_name='inboundwebhook',
            name='dead_lettered_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='inboundwebhook',
            name='failing_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='inboundwebhook',
            name='failure',
            field=models.CharField(blank=True, default='', max_length=200),
        ),
        migrations.AddField(
            model_name='inboundwebhook',
            name='retry_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='inboundwebhook',
            index=models.Index(condition=models.Q(('applied_at__isnull', True), ('dead_lettered_at__isnull', True)), fields=['tries', 'received_at'], name='webhooks_pending'),
        ),
        migrations.AddIndex(
            model_name='inboundwebhook',
            index=models.Index(condition=models.Q(('dead_lettered_at__isnull', False)), fields=['dead_lettered_at'], name='dead_letters'),
        ),
    ]
