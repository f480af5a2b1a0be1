from django.urls import path

from flashcards import generation_views, views

app_name = "flashcards"
urlpatterns = [
    path("", views.card_list, name="card-list"),
    path("new/", views.card_create, name="card-create"),
    path("change/", views.card_change, name="card-change"),
    path("restore/", views.card_restore, name="card-restore"),
    path("<uuid:card_id>/", views.card_edit, name="card-edit"),
    path("<uuid:card_id>/delete/", views.card_delete, name="card-delete"),
    path("generate/", generation_views.generation_create, name="generation-create"),
    path("generations/<uuid:generation_id>/", generation_views.generation_detail, name="generation-detail"),
    path("generations/<uuid:generation_id>/decide/", generation_views.generation_decide, name="generation-decide"),
]
