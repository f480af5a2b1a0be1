"""The search page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from base.http import Request, page
from chat.forms import SearchForm
from chat.search.messages import Results, search_messages


@login_required
@require_GET
def message_search(request: Request) -> HttpResponse:
    form = SearchForm(request.GET)
    if not form.is_valid():
        return page(request, "chat/message_search.html", {"form": form}, part="results", status=422)
    query = form.cleaned_data["q"].strip()
    results = Results([])
    if query:
        results = search_messages(
            owner=request.user, query=query, mode=form.mode_chosen, narrowing=form.narrowing(), limit=30
        )
    context = {"form": form, "query": query, "results": results}
    return page(request, "chat/message_search.html", context, part="results")
