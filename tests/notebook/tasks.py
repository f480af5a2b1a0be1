from base.jobs import periodic_task
from tests.notebook.models import Note


@periodic_task(every=60)
def delete_empty_notes() -> None:
    Note.objects.filter(text="").delete()
