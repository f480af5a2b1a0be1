from django.urls import path

from memories import views

app_name = "memories"
urlpatterns = [
    path("memories/", views.project_list, name="project-list"),
    path("memories/projects/<uuid:project_id>/", views.project_detail, name="project-detail"),
    path("memories/<uuid:memory_id>/", views.memory_detail, name="memory-detail"),
]
