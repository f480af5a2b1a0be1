from base.apps import ProjectAppConfig
from search.index.lancedb_client import warm_up


class SearchConfig(ProjectAppConfig):
    name = "search"

    def web_started(self) -> None:
        warm_up()
