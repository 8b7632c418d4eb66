"""What the clock does by itself: open cycles, take the registry figures at the window's end."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from core import clock
from core.actor import SYSTEM
from reporting.models import Cycle
from reporting.services.cycles import open_due_cycles
from reporting.services.facts import compute_facts


@dataclass(slots=True)
class Advanced:
    """What one run did, for the log."""

    opened: int = 0
    facts: int = 0
    refused: list[str] = field(default_factory=list)


def advance(*, at: dt.datetime) -> Advanced:
    """Open what is due and compute the facts of every window that has ended; safe to run at any time, any number
    of times."""
    opening = open_due_cycles(at=at, by=SYSTEM)
    done = Advanced(
        opened=len(opening.cycles),
        refused=[f"{collection}：{refusal}" for collection, refusal in opening.refused],
    )
    for cycle in Cycle.objects.open().filter(facts_at__isnull=True, window_last__lt=clock.local_day(at)):
        compute_facts(cycle=cycle, by=SYSTEM)
        done.facts += 1
    return done
