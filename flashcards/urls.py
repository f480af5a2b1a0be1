from django.urls import path

from flashcards import views
from flashcards.generation import views as generations

app_name = "flashcards"
urlpatterns = [
    path("cards/", views.card_list, name="card-list"),
    path("cards/new/", views.card_create, name="card-create"),
    path("cards/change/", views.card_change, name="card-change"),
    path("cards/restore/", views.card_restore, name="card-restore"),
    path("cards/<uuid:card_id>/", views.card_edit, name="card-edit"),
    path("cards/<uuid:card_id>/delete/", views.card_delete, name="card-delete"),
    path("cards/generate/", generations.generation_create, name="generation-create"),
    path("cards/generations/<uuid:generation_id>/", generations.generation_detail, name="generation-detail"),
    path("cards/generations/<uuid:generation_id>/decide/", generations.generation_decide, name="generation-decide"),
]
