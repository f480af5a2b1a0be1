from base.apps import ProjectAppConfig


class QuizConfig(ProjectAppConfig):
    name = "quiz"
    other_registering_modules = ("progress.goal_merging", "mastery.goal_merging", "mastery.tasks")
