"""What settling keeps of a meeting. Meetings of before get theirs when they are settled the next time."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0004_ledger_entry'),
        ('meetings', '0002_list_indexes'),
        ('participants', '0009_presence_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='MeetingUsage',
            fields=[
                ('meeting', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='usage', serialize=False, to='meetings.meeting')),
                ('closes_at', models.DateTimeField(null=True)),
                ('closed_seconds', models.BigIntegerField(default=0)),
                ('beats', models.BigIntegerField(default=0)),
                ('booked_seconds', models.BigIntegerField(default=0)),
                ('booked_credits', models.DecimalField(decimal_places=4, default=0, max_digits=14)),
                ('settled_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SettledSpan',
            fields=[
                ('connection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='settled_span', serialize=False, to='participants.connection')),
                ('start', models.DateTimeField()),
                ('end', models.DateTimeField()),
                ('participant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='settled_spans', to='participants.participant')),
            ],
            options={
                'indexes': [models.Index(fields=['participant', 'end'], name='settled_spans_of_person')],
            },
        ),
        # Rewritten each half minute while a meeting is on: with room in its page, no index is touched.
        migrations.RunSQL("ALTER TABLE billing_meetingusage SET (fillfactor = 50)", migrations.RunSQL.noop),
    ]
