"""The recorded mastery of a goal when it is merged into another one."""

from django.db import connection

from goals.merging.registry import register
from goals.models import Goal

# Days that both goals have become one, by cards. The other days of the source follow by their foreign key.
_JOIN_DAYS = """
    WITH joined AS (
        DELETE FROM quiz_masteryday source USING quiz_masteryday target
        WHERE source.owner_id = %(owner_id)s AND source.goal_id = %(source)s
            AND target.goal_id = %(target)s AND target.day = source.day
        RETURNING source.*
    )
    UPDATE quiz_masteryday target SET
        mastery = (target.mastery * greatest(target.cards, 1) + joined.mastery * greatest(joined.cards, 1))
            / (greatest(target.cards, 1) + greatest(joined.cards, 1)),
        cards = target.cards + joined.cards,
        answered = target.answered + joined.answered
    FROM joined WHERE target.goal_id = %(target)s AND target.day = joined.day
"""


def mastery_follows(source: Goal, target: Goal) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_JOIN_DAYS, {"owner_id": source.owner_id, "source": source.pk, "target": target.pk})


register(mastery_follows)
