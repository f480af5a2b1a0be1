"""The search page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from base.http import Request, page
from chat.search.forms import SearchForm
from chat.search.messages import SearchResults, search_messages
from flashcards.queries import with_has_flashcards
from search.queries import warm_up

MAX_RESULTS = 30


@login_required
@require_GET
def message_search(request: Request) -> HttpResponse:
    form = SearchForm(request.GET)
    if not form.is_valid():
        return page(request, "chat/message_search.html", {"form": form}, part="results", status=422)
    query = form.cleaned_data["q"].strip()
    results = SearchResults([])
    if not query:
        warm_up()  # while the user types
    else:
        results = search_messages(
            owner=request.user,
            messages=with_has_flashcards(request.user.messages.alive()),
            query=query,
            mode=form.chosen_mode,
            matching=form.message_filter(),
            limit=MAX_RESULTS,
        )
    context = {"form": form, "query": query, "results": results}
    return page(request, "chat/message_search.html", context, part="results")
