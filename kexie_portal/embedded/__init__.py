"""The portal's own PostgreSQL and Redis, for running without any installed server.

``services(var_dir)`` is the whole interface. The servers of one ``var`` folder belong to one *keeper* process, which
starts them for the first client and stops them when the last client is gone, however that client ended: the kernel
closes a client's connection to the keeper even when the client is killed.
"""

from kexie_portal.embedded.client import services, wanted
from kexie_portal.embedded.errors import EmbeddedError

__all__ = ["EmbeddedError", "services", "wanted"]
