"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

from kexie_portal.checks import refuse_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kexie_portal.settings")

application = get_wsgi_application()
refuse_unsafe()
