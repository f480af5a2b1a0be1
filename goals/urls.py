from django.urls import path

from goals import views
from goals.merging import views as merging
from goals.trees import views as trees

app_name = "goals"
urlpatterns = [
    path("goals/", views.goal_list, name="goal-list"),
    path("goals/new/", views.goal_create, name="goal-create"),
    path("goals/<uuid:goal_id>/", views.goal_detail, name="goal-detail"),
    path("goals/<uuid:goal_id>/edit/", views.goal_edit, name="goal-edit"),
    path("goals/<uuid:goal_id>/add/", merging.goal_add_to, name="goal-add-to"),
    path("goals/<uuid:goal_id>/merge/", merging.goal_merge, name="goal-merge"),
    path("goals/<uuid:goal_id>/delete/", views.goal_delete, name="goal-delete"),
    path("goals/<uuid:goal_id>/restore/", views.goal_restore, name="goal-restore"),
    path("goals/<uuid:goal_id>/tree/", trees.tree_edit, name="tree-edit"),
    path("goals/<uuid:goal_id>/tree/add/", trees.skill_create, name="skill-create"),
    path("goals/<uuid:goal_id>/tree/edit/", trees.skill_edit, name="skill-edit"),
    path("goals/<uuid:goal_id>/tree/move/", trees.skill_move, name="skill-move"),
    path("goals/<uuid:goal_id>/tree/delete/", trees.skill_delete, name="skill-delete"),
    path("goals/skills/<uuid:skill_node_id>/restore/", trees.skill_restore, name="skill-restore"),
]
