from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('recordings', '0002_recording_state'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='recording',
            options={
                'ordering': ('created_at', 'pk'),
                'permissions': (('download_recording', 'Can download recording'),),
            },
        ),
    ]
