from base.apps import ProjectAppConfig


class PassagesConfig(ProjectAppConfig):
    name = "passages"
