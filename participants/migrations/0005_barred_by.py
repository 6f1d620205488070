import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('participants', '0004_barred_and_told'),
    ]

    operations = [
        migrations.AddField(
            model_name='participant',
            name='barred_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='participants.participant'),
        ),
    ]
