from django.urls import path

from memories import views
from memories.browsing import views as browsing
from memories.chats import views as chat_views
from memories.editing import views as editing
from memories.importing import views as importing

app_name = "memories"
urlpatterns = [
    path("memories/", views.project_list, name="project-list"),
    path("memories/projects/new/", views.project_create, name="project-create"),
    path("memories/projects/<uuid:project_id>/", browsing.project_detail, name="project-detail"),
    path("memories/projects/<uuid:project_id>/edit/", views.project_edit, name="project-edit"),
    path("memories/projects/<uuid:project_id>/change/", views.project_change, name="project-change"),
    path("memories/projects/<uuid:project_id>/delete/", views.project_delete, name="project-delete"),
    path("memories/projects/<uuid:project_id>/restore/", views.project_restore, name="project-restore"),
    path("memories/new/", editing.memory_create, name="memory-create"),
    path("memories/import/", importing.memory_import, name="memory-import"),
    path("memories/<uuid:memory_id>/", browsing.memory_detail, name="memory-detail"),
    path("memories/<uuid:memory_id>/edit/", editing.memory_edit, name="memory-edit"),
    path("memories/<uuid:memory_id>/delete/", editing.memory_delete, name="memory-delete"),
    path("memories/<uuid:memory_id>/restore/", editing.memory_restore, name="memory-restore"),
    path("memories/chats/<uuid:conversation_id>/", chat_views.conversation_projects, name="conversation-projects"),
    path(
        "memories/chats/<uuid:conversation_id>/<uuid:project_id>/",
        chat_views.conversation_project_change,
        name="conversation-project-change",
    ),
]
