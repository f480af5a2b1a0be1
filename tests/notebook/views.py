from django.contrib.auth.decorators import login_required
from django.http import HttpResponse

from base.http import Request, page
from tests.notebook.models import Note


@login_required
def note_list(request: Request) -> HttpResponse:
    return page(request, "notebook/note_list.html", {"notes": Note.objects.filter(owner=request.user)})
