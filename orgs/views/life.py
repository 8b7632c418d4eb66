"""The life line of a unit, ready to be shown: what happened, by which document, and the units it came from or became."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from orgs.choices import EditionCause
from orgs.permissions import VIEW_UNITS
from orgs.selectors.reorganisations import LifeEvent, fate_words, life_line
from orgs.selectors.units import UnitFacts

_MARKS = {
    EditionCause.OPENED: ("success", "plus-lg"),
    EditionCause.IMPORTED: ("neutral", "database"),
    EditionCause.RENAMED: ("info", "pencil"),
    EditionCause.RECODED: ("info", "tags"),
    EditionCause.MOVED: ("info", "arrow-left-right"),
    EditionCause.RELEVELLED: ("info", "arrow-bar-up"),
    EditionCause.MERGED: ("warning", "layers"),
    EditionCause.SPLIT: ("warning", "share"),
    EditionCause.CLOSED: ("danger", "x-octagon"),
    EditionCause.EXPECTED: ("neutral", "building-check"),
}


def life_of(facts: UnitFacts, user: Any) -> dict[str, Any]:
    """``life`` for the page's time line, and ``fate``: what became of a closed unit, in words."""
    events = life_line(facts.unit, facts.editions, facts.origins, facts.successions)
    reach = user.reach_of(VIEW_UNITS)
    return {
        "life": [_shown(event, reach) for event in events],
        "fate": fate_words(facts.unit, facts.successions),
        "heirs": [
            (str(link.successor), _address(link.successor, reach))
            for link in facts.successions
            if link.on == facts.unit.closed_on
        ],
    }


def _shown(event: LifeEvent, reach: Any) -> dict[str, Any]:
    tone, symbol = _MARKS[event.cause]
    return {
        "on": event.on,
        "label": event.cause.label,
        "words": event.words,
        "basis": event.basis,
        "by": event.recorded_by,
        "tone": tone,
        "symbol": symbol,
        "url": event.reorganisation.get_absolute_url() if event.reorganisation is not None else "",
        "links": [(str(unit), _address(unit, reach)) for unit in event.units],
    }


def _address(unit: Any, reach: Any) -> str:
    """The unit's page, nothing where it lies out of reach."""
    return reverse("orgs:detail", args=[unit.pk]) if reach.covers(unit) else ""
