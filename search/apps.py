from base.apps import ProjectAppConfig


class SearchConfig(ProjectAppConfig):
    name = "search"
