from django.urls import path

from goals import views
from goals.growing import views as growing
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
    path("goals/<uuid:goal_id>/move/", views.goal_move, name="goal-move"),
    path("goals/<uuid:goal_id>/delete/", views.goal_delete, name="goal-delete"),
    path("goals/<uuid:goal_id>/restore/", views.goal_restore, name="goal-restore"),
    path("goals/<uuid:goal_id>/tree/", trees.tree_edit, name="tree-edit"),
    path("goals/<uuid:goal_id>/tree/add/", trees.skill_create, name="skill-create"),
    path("goals/<uuid:goal_id>/tree/edit/", trees.skill_edit, name="skill-edit"),
    path("goals/<uuid:goal_id>/tree/move/", trees.skill_move, name="skill-move"),
    path("goals/<uuid:goal_id>/tree/delete/", trees.skill_delete, name="skill-delete"),
    path("goals/skills/<uuid:skill_node_id>/restore/", trees.skill_restore, name="skill-restore"),
    path("goals/<uuid:goal_id>/grow/", growing.tree_grow, name="tree-grow"),
    path("goals/<uuid:goal_id>/grow/model/", growing.tree_run_start, name="tree-run-start"),
    path("goals/<uuid:goal_id>/grow/outline/", growing.outline_grow, name="outline-grow"),
    path("goals/<uuid:goal_id>/proposal/", growing.proposal_detail, name="proposal-detail"),
    path("goals/<uuid:goal_id>/proposal/accept/", growing.proposal_accept, name="proposal-accept"),
    path("goals/<uuid:goal_id>/proposal/discard/", growing.proposal_discard, name="proposal-discard"),
    path("goals/proposals/<uuid:tree_id>/restore/", growing.proposal_restore, name="proposal-restore"),
    path("goals/runs/<uuid:run_id>/", growing.tree_run, name="tree-run"),
    path("goals/runs/<uuid:run_id>/cancel/", growing.tree_run_cancel, name="tree-run-cancel"),
]
