from django.apps import AppConfig

from operations import heartbeat


class OperationsConfig(AppConfig):
    name = "operations"

    def ready(self) -> None:
        # Models can be imported only once the registry of apps is ready.
        from accounts import holdings
        from chat.holdings import CONVERSATIONS, MESSAGES
        from flashcards.holdings import CARDS, GENERATIONS
        from providers.holdings import PROVIDER_KEYS
        from quiz.holdings import PARAMETER_SETS, REVIEWS
        from search.services import forget_owner

        # Registered here, above all apps, so that a new app is one line in a place where a test looks for it.
        holdings.register(PROVIDER_KEYS, CONVERSATIONS, MESSAGES, GENERATIONS, CARDS, PARAMETER_SETS, REVIEWS)
        holdings.register_elsewhere(forget_owner)
        heartbeat.connect()
