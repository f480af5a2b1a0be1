from base.apps import ProjectAppConfig
from operations import heartbeat


class OperationsConfig(ProjectAppConfig):
    name = "operations"

    def ready(self) -> None:
        super().ready()
        heartbeat.connect()
