"""The configuration of this project's apps. Apps register themselves, so that no shared file lists them."""

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from django.apps import AppConfig, apps
from django.urls.converters import UUIDConverter
from django.utils.module_loading import module_has_submodule

from base.connections import reconnect_steadily
from base.logs import celery_signals


class ProjectAppConfig(AppConfig):
    """The base of each app's AppConfig.

    When Django is ready, the app's modules named in `REGISTERING_MODULES` are imported, where they exist, and those in
    `other_registering_modules`; each registers what it defines. The project package mounts the app's `urls` and the
    `ROUTERS` of its `api`, and Celery finds its `tasks`.
    """

    default = False  # Django looks for an app's configuration among all classes in its `apps.py`, including this one

    REGISTERING_MODULES = (
        *("indexing", "search_kinds", "context_sources", "skill_use", "metrics", "personal_data", "navigation"),
    )

    other_registering_modules: tuple[str, ...] = ()  # such as "progress.goal_merging"

    def __init_subclass__(cls) -> None:
        cls.default = True

    def ready(self) -> None:
        for name in (*self.REGISTERING_MODULES, *self.other_registering_modules):
            self.submodule(name)

    def submodule(self, name: str) -> ModuleType | None:
        """The app's module of this name, imported; None where the app has none."""
        has_it = self.module is not None and module_has_submodule(self.module, name)
        return import_module(f"{self.name}.{name}") if has_it else None


class BaseConfig(AppConfig):
    name = "base"
    default = True

    def ready(self) -> None:
        reconnect_steadily()
        celery_signals.connect()
        accept_upper_case_uuids()


def accept_upper_case_uuids() -> None:
    """Let `<uuid:…>` in a URL match upper case too, as RFC 9562 requires. Django's converter cannot be replaced."""
    UUIDConverter.regex = UUIDConverter.regex.replace("[0-9a-f]", "[0-9a-fA-F]")


def project_apps() -> Iterator[ProjectAppConfig]:
    """The apps of this project, in the order of INSTALLED_APPS."""
    return (config for config in apps.get_app_configs() if isinstance(config, ProjectAppConfig))
