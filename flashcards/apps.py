from base.apps import ProjectAppConfig


class FlashcardsConfig(ProjectAppConfig):
    name = "flashcards"
