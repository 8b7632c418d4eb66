"""What of reporting hangs on a person and passes on with a handover: the files that come by themselves."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from core import clock
from reporting.models import Subscription


def subscriptions_of(leaver: User) -> list[str]:
    return [
        f"订阅：{one}，{one.rhythm_words}" for one in Subscription.objects.of(leaver).select_related("unit")
    ]


@transaction.atomic
def pass_subscriptions(leaver: User, successor: User) -> None:
    """The subscriptions become the successor's; one that the successor has already just ends."""
    held = {_what(one) for one in Subscription.objects.of(successor)}
    for one in Subscription.objects.of(leaver).select_for_update():
        if _what(one) in held:
            one.ended_at = clock.now()
        else:
            one.user = successor
        one.save(update_fields=["user", "ended_at"])


def _what(one: Subscription) -> tuple[object, ...]:
    return one.unit_id, one.kind, one.rhythm, one.day, str(sorted(one.params.items()))
