from django.urls import path

from passages import views

app_name = "passages"
urlpatterns = [
    path("settings/passages/", views.passage_list, name="passage-list"),
    path("settings/passages/new/", views.passage_create, name="passage-create"),
    path("settings/passages/<uuid:passage_id>/delete/", views.passage_delete, name="passage-delete"),
    path("settings/passages/<uuid:passage_id>/restore/", views.passage_restore, name="passage-restore"),
]
