from base.apps import ProjectAppConfig


class QuizConfig(ProjectAppConfig):
    name = "quiz"
