from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"

    def ready(self) -> None:
        from chat.indexing import MESSAGES  # models can't be imported before the apps are ready
        from search.registry import register

        register(MESSAGES)
