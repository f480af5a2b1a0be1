from django.apps import AppConfig


class FlashcardsConfig(AppConfig):
    name = "flashcards"

    def ready(self) -> None:
        # Models can be imported only once the registry of apps is ready.
        from flashcards.indexing import ENTITY
        from search.registry import register

        register(ENTITY)
