"""Which projects the replies of a conversation use, where its user chose otherwise than the project's switch."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import base.models
from base.postgresql.policies import owners_only


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('chat', '0006_goals'),
        ('memories', '0002_row_level_security'),
    ]

    operations = [
        migrations.CreateModel(
            name='ConversationProject',
            fields=[
                ('id', models.UUIDField(default=base.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('use', models.BooleanField()),
                ('created_at', models.DateTimeField(db_default=base.models.ClockTimestamp(), editable=False)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='project_choices', to='chat.conversation')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conversation_projects', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conversation_choices', to='memories.project')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('conversation', 'project'), name='one_choice_per_project')],
            },
        ),
        owners_only('memories_conversationproject'),
    ]
