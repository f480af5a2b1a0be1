from base.apps import ProjectAppConfig


class ProvidersConfig(ProjectAppConfig):
    name = "providers"
