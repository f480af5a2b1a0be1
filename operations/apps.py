from base.apps import ProjectAppConfig
from operations import heartbeat, interpreter, queue_lag


class OperationsConfig(ProjectAppConfig):
    name = "operations"

    def ready(self) -> None:
        super().ready()
        heartbeat.connect()
        interpreter.connect()
        queue_lag.connect()
