"""The search page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from base.http import Request, page
from chat.search.forms import SearchForm
from chat.search.results_page import MAX_RESULTS, ResultsPage
from search.joint_search import SearchResults, search
from search.queries import warm_up

TEMPLATE = "chat/message_search.html"


@login_required
@require_GET
def message_search(request: Request) -> HttpResponse:
    form = SearchForm(request.GET)
    if not form.is_valid():
        return page(request, TEMPLATE, {"form": form}, part="results", status=422)
    query = form.cleaned_data["q"].strip()
    if not query:
        warm_up()  # while the user types
        return page(request, TEMPLATE, {"form": form}, part="results")
    results = _search(request, form, query)
    shown = ResultsPage(results, form.cleaned_data["kind"], weak=form.cleaned_data["all"])
    return page(request, TEMPLATE, {"form": form, "query": query, "shown": shown}, part="results")


def _search(request: Request, form: SearchForm, query: str) -> SearchResults:
    kind = form.cleaned_data["kind"]
    return search(
        owner=request.user,
        query=query,
        shown=[kind] if kind else [],
        mode=form.chosen_mode,
        filters=form.matching().for_index(),
        limit=MAX_RESULTS,
        weak=form.cleaned_data["all"],
    )
