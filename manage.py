#!/usr/bin/env python
"""Django's commands, on the embedded services when no others are named in the environment."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

from kexie_portal import embedded

NEEDS_NO_SERVICES = {
    "help",
    "--help",
    "-h",
    "version",
    "--version",
    "collectstatic",
    "findstatic",
    "makemessages",
}
OWNER_COMMANDS = {
    "migrate",
    "makemigrations",
    "grant_app_role",
    "sqlmigrate",
    "showmigrations",
    "flush",
    "bench",
    "test",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kexie_portal.settings")
    try:
        if NEEDS_NO_SERVICES.intersection(sys.argv[1:2] or ["help"]) or not embedded.wanted(os.environ):
            run()
            return
        with embedded.services(os.environ.get("KEXIE_VAR") or Path(__file__).resolve().parent / "var"):
            run()
    except embedded.EmbeddedError as error:
        sys.exit(str(error))


def run() -> None:
    """Run the command; those that change tables run as their owner where one is named."""
    if OWNER_COMMANDS.intersection(sys.argv[1:2]) and os.environ.get("DATABASE_OWNER_URL"):
        os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"]
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
