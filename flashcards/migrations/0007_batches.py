"""Batches of generations, one for each skill of a goal."""

import base.models
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from base.postgresql.policies import owners_only


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0006_goals'),
        ('flashcards', '0006_totals_index'),
        ('goals', '0003_growing'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='generation',
            name='lost_workers',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='generation',
            name='status',
            field=models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed'), ('canceled', 'Canceled')], default='running', max_length=10),
        ),
        migrations.CreateModel(
            name='GenerationBatch',
            fields=[
                ('id', models.UUIDField(default=base.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('budget', models.PositiveSmallIntegerField(default=100)),
                ('cards_per_skill', models.PositiveSmallIntegerField(default=5)),
                ('status', models.CharField(choices=[('running', 'Running'), ('done', 'Done'), ('failed', 'Stopped by an error'), ('canceled', 'Canceled')], default='running', max_length=10)),
                ('created_at', models.DateTimeField(db_default=base.models.ClockTimestamp(), editable=False)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='generation_batches', to='goals.goal')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='generation_batches', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='generation',
            name='batch',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='generations', to='flashcards.generationbatch'),
        ),
        migrations.AddConstraint(
            model_name='generation',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'running')), fields=('batch',), name='one_at_a_time_in_a_batch'),
        ),
        owners_only('flashcards_generationbatch'),
    ]
