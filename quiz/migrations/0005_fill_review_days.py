"""Count the reviews that were made before there was a roll-up, and keep users apart in it."""

from django.db import migrations

from base.postgresql.policies import owners_only

# The first review of a card on a day counts for true retention. Those of purged cards cannot be told apart.
FILL = """
    INSERT INTO quiz_reviewday
        (id, owner_id, day, goal_id, state_before, rating, reviews, first_reviews, duration_ms)
    SELECT gen_random_uuid(), owner_id, day, goal_id, state_before, rating,
        count(*), count(*) FILTER (WHERE card_id IS NOT NULL AND number = 1), sum(duration_ms)
    FROM (
        SELECT *, row_number() OVER (PARTITION BY card_id, day ORDER BY reviewed_at, id) AS number FROM quiz_review
    ) AS numbered
    GROUP BY owner_id, day, goal_id, state_before, rating
"""


class Migration(migrations.Migration):

    dependencies = [
        ('quiz', '0004_review_days'),
    ]

    operations = [
        migrations.RunSQL(sql=FILL, reverse_sql=migrations.RunSQL.noop),
        owners_only('quiz_reviewday'),
    ]
