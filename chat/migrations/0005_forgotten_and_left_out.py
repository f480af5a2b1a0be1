"""Messages that are forgotten, and pieces that are left out of the replies of one conversation."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import base.models
from base.postgresql.policies import owners_only


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('chat', '0004_message_context'),
    ]

    operations = [
        migrations.AddField(
            model_name='message',
            name='forgotten_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name='LeftOutPiece',
            fields=[
                ('id', models.UUIDField(default=base.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=20)),
                ('piece_id', models.UUIDField()),
                ('title', models.CharField(max_length=240)),
                ('created_at', models.DateTimeField(db_default=base.models.ClockTimestamp(), editable=False)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='left_out_pieces', to='chat.conversation')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='left_out_pieces', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('conversation', 'kind', 'piece_id'), name='left_out_once')],
            },
        ),
        owners_only('chat_leftoutpiece'),
    ]
