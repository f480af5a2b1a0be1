"""The settings of a server without DEBUG, and without the manifest of static files that `collectstatic` writes."""

from memoryloop import settings as project

globals().update({name: getattr(project, name) for name in dir(project) if name.isupper()})

STORAGES = {
    **project.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
