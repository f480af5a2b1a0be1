from django.db import migrations, models


class Migration(migrations.Migration):
    """A new name in Python only; the column keeps its name."""

    dependencies = [("search", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("indextable", "leftovers", "tombstones"),
                migrations.AlterField(
                    "indextable", "tombstones", models.PositiveIntegerField(db_column="leftovers", default=0)
                ),
            ]
        )
    ]
