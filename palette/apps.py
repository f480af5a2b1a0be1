from base.apps import ProjectAppConfig


class PaletteConfig(ProjectAppConfig):
    name = "palette"
