from django.urls import path

from tests.notebook import views

app_name = "notebook"
urlpatterns = [path("notes/", views.note_list, name="note-list")]
