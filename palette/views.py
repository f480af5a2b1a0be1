"""The entries of the command palette: a fragment, which the page requests while the user types."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from base.http import Request, page
from palette.forms import PaletteForm
from palette.queries import find_entries


@login_required
@require_GET
def entry_list(request: Request) -> HttpResponse:
    form = PaletteForm(request.GET)
    if not form.is_valid():
        return page(request, "palette/entry_list.html", {"form": form}, status=422)
    groups = find_entries(request.user, form.cleaned_data["q"])
    count = sum(len(group.entries) for group in groups)
    return page(request, "palette/entry_list.html", {"form": form, "groups": groups, "count": count})
