"""Settings of the portal as it is measured: the same, with the bare views beside it and a cache of its own."""

from kexie_portal.settings import *  # noqa: F403
from kexie_portal.settings import CACHES

ROOT_URLCONF = "kexie_portal.bench.peers"
CACHES = {"default": CACHES["default"] | {"KEY_PREFIX": "kexie_bench"}}
