"""Before the portal opens: static files, tables, the application role's grants, a demo province in an empty database.

Run as a process of its own, once as ``owner`` and once as ``demo``, because the tables' owner and the application are
two database roles, and settings are read once.
"""

import sys

import django
from django.core.management import CommandError, call_command


def main(step: str) -> None:
    django.setup()
    if step == "owner":
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("migrate", interactive=False, verbosity=1)
        call_command("grant_app_role")
    else:
        call_command("load_affiliate_kinds")
        load_demo_once()


def load_demo_once() -> None:
    """Load the demo province unless there are units already."""
    from orgs.models import OrgUnit

    if not OrgUnit.objects.exists():
        call_command("load_demo")


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except CommandError as error:
        sys.exit(str(error))
