"""Find or install a Chromium for the browser tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SYSTEM = Path("/usr/bin/chromium")


def has_chromium() -> bool:
    downloads = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    return SYSTEM.exists() or any(downloads.glob("chromium*"))


def install() -> None:
    """Install Debian's package if running as root on Debian, and otherwise Playwright's build."""
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([apt, "update", "-qq"], env=quiet, check=False)
        subprocess.run([apt, "install", "-y", "-qq", "--no-install-recommends", "chromium"], env=quiet, check=False)
    if not has_chromium():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    if not has_chromium():
        print("Installing Chromium for the browser tests.", flush=True)
        install()
    if has_chromium():
        return 0
    print("Chromium could not be installed. The browser tests will be skipped.")
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
