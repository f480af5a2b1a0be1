from base.apps import ProjectAppConfig


class MemoriesConfig(ProjectAppConfig):
    name = "memories"
