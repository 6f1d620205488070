"""A connection knows by which admission it came; of guests, admissions know the network for a while."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('participants', '0007_connection'),
    ]

    operations = [
        migrations.AddField(
            model_name='admission',
            name='network',
            field=models.CharField(blank=True, default='', editable=False, max_length=50),
        ),
        migrations.AddField(
            model_name='connection',
            name='admission',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='connections', to='participants.admission'),
        ),
        migrations.AddIndex(
            model_name='admission',
            index=models.Index(condition=models.Q(('network', ''), _negated=True), fields=['network'], name='admissions_by_network'),
        ),
    ]
