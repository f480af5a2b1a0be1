"""The project's settings and the notebook app."""

from typing import Any

from memoryloop import settings as project

globals().update({name: getattr(project, name) for name in dir(project) if name.isupper()})

INSTALLED_APPS = [*project.INSTALLED_APPS, "tests.notebook"]
DATABASES: dict[str, dict[str, Any]] = {"default": {**project.DATABASES["default"], "TEST": {"NAME": "test_notebook"}}}
