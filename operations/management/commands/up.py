"""Lists `up` among the commands. `manage.py up` itself runs `operations.up`, without Django."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Start the embedded servers unless others are configured, migrate, and run web and worker."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Start again without the options, which `up` does not have, and without Django."""
        os.execv(sys.executable, [sys.executable, str(settings.BASE_DIR / "manage.py"), "up"])
