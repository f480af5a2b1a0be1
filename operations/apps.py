from base.apps import ProjectAppConfig
from operations import heartbeat, queue_lag


class OperationsConfig(ProjectAppConfig):
    name = "operations"

    def ready(self) -> None:
        super().ready()
        heartbeat.connect()
        queue_lag.connect()
