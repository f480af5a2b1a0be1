from base.apps import ProjectAppConfig


class GoalsConfig(ProjectAppConfig):
    name = "goals"
