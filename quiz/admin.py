from django.contrib import admin

from base.admin import ReadOnlyAdmin
from quiz.models import MasteryDay, ParameterSet, Review, ReviewDay, ReviewSettings, SkillTest


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin[Review]):
    list_display = ("id", "owner", "card_id", "rating", "state_before", "state_after", "scheduled_days", "reviewed_at")
    list_filter = ("rating", "state_before")
    list_select_related = ("owner",)
    search_fields = ("owner__email", "card__id", "review_id")
    show_full_result_count = False  # there may be millions


@admin.register(ReviewSettings)
class ReviewSettingsAdmin(ReadOnlyAdmin[ReviewSettings]):
    list_display = ("owner", "desired_retention", "new_per_day", "reviews_per_day", "time_zone", "day_start_hour")
    list_select_related = ("owner",)
    search_fields = ("owner__email",)


@admin.register(ParameterSet)
class ParameterSetAdmin(ReadOnlyAdmin[ParameterSet]):
    list_display = ("id", "owner", "algorithm", "created_at")
    list_select_related = ("owner",)
    search_fields = ("owner__email",)


@admin.register(ReviewDay)
class ReviewDayAdmin(ReadOnlyAdmin[ReviewDay]):
    list_display = ("day", "owner", "goal_id", "state_before", "rating", "reviews", "first_reviews", "duration_ms")
    list_filter = ("rating", "state_before")
    list_select_related = ("owner",)
    search_fields = ("owner__email", "goal_id")
    show_full_result_count = False


@admin.register(SkillTest)
class SkillTestAdmin(ReadOnlyAdmin[SkillTest]):
    list_display = ("id", "owner", "skill_id", "started_at", "ended_at", "passed")
    list_filter = ("passed",)
    list_select_related = ("owner",)
    search_fields = ("owner__email", "skill__id")


@admin.register(MasteryDay)
class MasteryDayAdmin(ReadOnlyAdmin[MasteryDay]):
    list_display = ("day", "owner", "goal", "mastery", "cards", "answered")
    list_select_related = ("owner", "goal")
    search_fields = ("owner__email", "goal__id")
