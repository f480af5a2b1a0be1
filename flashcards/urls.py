from django.urls import path

from flashcards import views
from flashcards.batches import views as batches
from flashcards.generation import views as generations
from flashcards.skills import views as skills

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
    path("cards/generations/<uuid:generation_id>/skill/", generations.generation_skill, name="generation-skill"),
    path("goals/skills/<uuid:skill_id>/", skills.skill_detail, name="skill-detail"),
    path("goals/<uuid:goal_id>/cards/", batches.batch_create, name="batch-create"),
    path("cards/batches/<uuid:batch_id>/", batches.batch_detail, name="batch-detail"),
    path("cards/batches/<uuid:batch_id>/decide/", batches.batch_decide, name="batch-decide"),
    path("cards/batches/<uuid:batch_id>/cancel/", batches.batch_cancel, name="batch-cancel"),
    path("cards/batches/<uuid:batch_id>/resume/", batches.batch_resume, name="batch-resume"),
]
