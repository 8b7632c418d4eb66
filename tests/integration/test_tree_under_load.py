"""Twenty writers of the tree against readers: no deadlock, a sound tree, and never a foreign row in a scoped answer.

It lasts ``KEXIE_LOAD_SECONDS`` (15): ``KEXIE_LOAD_SECONDS=60`` is the minute that the portal is held to.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.db import DatabaseError, connection

from accounts.models import User
from accounts.roles import Role
from core.actor import SYSTEM
from core.errors import DomainError
from orgs.choices import ActKind, Level
from orgs.models import OrgUnit
from orgs.permissions import VIEW_UNITS
from orgs.rules.reorganising import Line
from orgs.selectors.verification import verify_tree
from orgs.services import reorganising
from orgs.services import tree as tree_services
from tests.factories import Tree, make_tree, user_at
from tests.reorganised import drafted

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = float(os.environ.get("KEXIE_LOAD_SECONDS", "15"))
DAY = dt.date(2024, 5, 1)
WRITERS, READERS = 20, 4
CITIES, COUNTIES, TOWNSHIPS = 4, 6, 8


@dataclass
class Load:
    """What the threads share: the tree, until when, what they did and what they found wrong."""

    tree: Tree
    readers: dict[str, int]
    until: float
    done: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str) -> None:
        with self.lock:
            self.done[what] += 1

    def blame(self, what: str) -> None:
        with self.lock:
            self.faults.append(what)


def names() -> dict[str, str]:
    """A province in which every unit but the province bears the code of its home city in its own name."""
    found = {"37": "某省"}
    for city in range(1, CITIES + 1):
        home = f"37{city:02}"
        found[home] = f"家{home}市"
        for county in range(2, COUNTIES + 2):
            code = f"{home}{county:02}"
            found[code] = f"家{home}县{county}"
            for township in range(1, TOWNSHIPS + 1):
                found[f"{code}{township:03}"] = f"家{home}镇{county}{township}"
    return found


def run(load: Load, act: Callable[[Load, random.Random], str], seed: int) -> None:
    chance = random.Random(seed)
    try:
        while time.monotonic() < load.until:
            try:
                load.note(act(load, chance))
            except DomainError as refused:
                load.note(f"refused {refused.problems[0].code}")
            except DatabaseError as error:
                load.blame(f"{type(error).__name__}: {error}")
    except Exception as error:
        load.blame(repr(error))
    finally:
        connection.close()


def write(load: Load, chance: random.Random) -> str:
    """One change, always within a city: the home that a unit's name bears stays where it is."""
    city = load.tree[f"37{chance.randint(1, CITIES):02}"]
    counties = list(OrgUnit.objects.open().filter(city=city, level=Level.COUNTY))
    townships = list(OrgUnit.objects.open().filter(city=city, level=Level.TOWNSHIP))
    what = chance.choice(["open", "move", "merge townships", "merge counties", "set up"])
    if what == "open":
        county = chance.choice(counties)
        code = f"{county.division_code}{chance.randint(100, 999)}"
        tree_services.open_unit(
            parent=county,
            name=f"家{city.division_code}新{code}",
            division_code=code,
            on=DAY,
            basis="",
            by=SYSTEM,
        )
    elif what == "move":
        tree_services.move(
            unit=chance.choice(townships), parent=chance.choice(counties), on=DAY, basis="", by=SYSTEM
        )
    else:
        _reorganise(load, chance, what, city, counties, townships)
    return what


def _reorganise(
    load: Load,
    chance: random.Random,
    what: str,
    city: OrgUnit,
    counties: list[OrgUnit],
    townships: list[OrgUnit],
) -> None:
    if what == "merge townships" and len(townships) > 20:
        gone, stays = chance.sample(townships, 2)
        lines = [Line(ActKind.MERGE, unit_id=gone.pk, into_id=stays.pk)]
    elif what == "merge counties" and len(counties) > 4:
        gone, stays = chance.sample(counties, 2)
        lines = [Line(ActKind.MERGE, unit_id=gone.pk, into_id=stays.pk)]
    else:
        code = f"{city.division_code}{chance.randint(20, 70)}"
        gone = chance.choice(townships)
        lines = [
            Line(ActKind.OPEN, parent_id=city.pk, name=f"家{city.division_code}县{code}", division_code=code),
            Line(ActKind.MOVE, unit_id=gone.pk, opens=0),
        ]
    held = drafted(load.tree.province, lines, on=DAY)
    reorganising.apply(reorganisation=held, seen=reorganising.preview(held).digest, by=SYSTEM)


def read(load: Load, chance: random.Random) -> str:
    """What somebody of one city or county sees lies there by its own columns and by the home in its name."""
    city = f"37{chance.randint(1, CITIES):02}"
    user = User.objects.get(pk=load.readers[city])
    rows = list(OrgUnit.objects.visible_to(user, VIEW_UNITS).values_list("name", "city_id", "division_code"))
    home = load.tree[city].pk
    for name, city_id, code in rows:
        if city_id != home or not name.startswith(f"家{city}"):
            load.blame(f"{code} {name} seen from {city}")
    if len(rows) < 1 + TOWNSHIPS:
        load.blame(f"only {len(rows)} rows seen from {city}")
    return "read"


def test_writers_against_readers() -> None:
    tree = make_tree(names())
    homes = [f"37{city:02}" for city in range(1, CITIES + 1)]
    readers = {home: user_at(tree[home], Role.REPORTER).pk for home in homes}
    load = Load(tree, readers, time.monotonic() + SECONDS)
    jobs = [(write, seed) for seed in range(WRITERS)] + [(read, 1000 + seed) for seed in range(READERS)]
    threads = [threading.Thread(target=run, args=(load, act, seed)) for act, seed in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS + 60)
    assert not any(thread.is_alive() for thread in threads)
    print(f"\n{SECONDS:.0f} s: {dict(sorted(load.done.items()))}")
    assert load.faults == []
    assert verify_tree() == []
    for what in ("open", "move", "merge townships", "set up", "read"):
        assert load.done[what] > 0, load.done
