from django.apps import AppConfig


class QuizConfig(AppConfig):
    name = "quiz"

    def ready(self) -> None:
        # Models can be imported only once the registry of apps is ready.
        from quiz.indexing import ENTITY
        from search.registry import register

        register(ENTITY)
