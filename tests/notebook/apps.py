from base.apps import ProjectAppConfig


class NotebookConfig(ProjectAppConfig):
    name = "tests.notebook"
