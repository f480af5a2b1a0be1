from django.contrib import admin

from base.admin import ReadOnlyAdmin
from goals.models import Goal, SkillNode, SkillPrerequisite, SkillTree, TreeRun


@admin.register(Goal)
class GoalAdmin(ReadOnlyAdmin[Goal]):
    list_display = ("__str__", "owner", "status", "target_date", "created_at", "deleted_at")
    list_filter = ("status",)
    list_select_related = ("owner",)
    search_fields = ("owner__email", "id")


@admin.register(SkillTree)
class SkillTreeAdmin(ReadOnlyAdmin[SkillTree]):
    list_display = ("id", "owner", "goal", "status", "origin", "provider", "model", "revision", "created_at")
    list_filter = ("status", "origin")
    list_select_related = ("owner", "goal")
    search_fields = ("owner__email", "id", "goal__id")


@admin.register(SkillNode)
class SkillNodeAdmin(ReadOnlyAdmin[SkillNode]):
    list_display = ("__str__", "owner", "tree_id", "depth", "position", "known_at", "deleted_at")
    list_filter = ("depth",)
    list_select_related = ("owner",)
    search_fields = ("owner__email", "id", "tree__id")


@admin.register(SkillPrerequisite)
class SkillPrerequisiteAdmin(ReadOnlyAdmin[SkillPrerequisite]):
    list_display = ("id", "owner", "node", "requires")
    list_select_related = ("owner", "node", "requires")
    search_fields = ("owner__email", "id")


@admin.register(TreeRun)
class TreeRunAdmin(ReadOnlyAdmin[TreeRun]):
    list_display = ("id", "owner", "goal", "status", "provider", "model", "created_at", "finished_at", "error")
    list_filter = ("status", "provider")
    list_select_related = ("owner", "goal")
    search_fields = ("owner__email", "id")
