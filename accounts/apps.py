from base.apps import ProjectAppConfig


class AccountsConfig(ProjectAppConfig):
    name = "accounts"
