"""Parts of a page that many look at between two acts: made once, and anew as soon as anything was done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe

from audit.selectors import stamp_of_acts
from core import clock

KEPT_SECONDS = 120


def remembered(*parts: object, make: Callable[[], SafeString]) -> SafeString:
    """What ``make`` wrote for ``parts`` if no act was recorded since and the minute is the same; else made now.

    ``parts`` name all that the words depend on beside recorded acts and the time: who looks, at what, in which order.
    """
    stamp = stamp_of_acts()
    if stamp is None:
        return make()
    known = repr((*parts, stamp, f"{clock.now():%Y%m%d%H%M}"))
    key = f"part:{hashlib.sha256(known.encode()).hexdigest()}"
    written = cache.get(key)
    if written is None:
        written = make()
        cache.set(key, str(written), KEPT_SECONDS)
    return mark_safe(written)  # noqa: S308 - what a template of ours wrote
