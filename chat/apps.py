from base.apps import ProjectAppConfig


class ChatConfig(ProjectAppConfig):
    name = "chat"
