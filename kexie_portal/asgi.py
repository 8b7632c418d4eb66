"""The ASGI entry point."""

import os

from django.core.asgi import get_asgi_application

from kexie_portal.checks import refuse_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kexie_portal.settings")

application = get_asgi_application()
refuse_unsafe()
