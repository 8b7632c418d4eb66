"""A month that is being filled in, with the time standing still on 20 November 2026, 09:00."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.factories import Tree
from tests.month import WHILE_FILLING, Month, make_month


@pytest.fixture
def clock_stopped() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(WHILE_FILLING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def month(clock_stopped: time_machine.Traveller, tree: Tree) -> Month:
    return make_month(tree)
