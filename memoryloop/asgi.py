"""The web process, for uvicorn."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from memoryloop.body_limit import BodyLimit
from search.index.lancedb_client import warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryloop.settings")

application = BodyLimit(get_asgi_application(), most=settings.LARGEST_BODY)
warm_up()
