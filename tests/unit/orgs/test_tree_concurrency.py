"""Several writers of the tree at once."""

import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from core.actor import SYSTEM
from core.errors import DomainError
from orgs.models import OrgUnit
from orgs.selectors.verification import verify_tree
from orgs.services import tree as services
from orgs.services.locking import lock_tree
from tests.factories import make_tree

DAY = dt.date(2024, 5, 1)


def work(tree, number):
    """Twelve inserts and moves in an order of its own; refusals are fine, broken trees are not."""
    chance = random.Random(number)
    done = 0
    try:
        for step in range(12):
            try:
                if step % 2:
                    unit = OrgUnit.objects.filter(level=4).order_by("?").first()
                    parent = chance.choice([tree.county, tree.sister_county, tree.other_county])
                    services.move(unit=unit, parent=parent, on=DAY, basis="", by=SYSTEM)
                else:
                    code = f"370102{500 + number * 20 + step}"
                    services.open_unit(
                        parent=tree.county,
                        name=f"第{code}办",
                        division_code=code,
                        on=DAY,
                        basis="",
                        by=SYSTEM,
                    )
                done += 1
            except DomainError as refused:
                assert refused.problems[0].code == "same_parent"
    finally:
        connection.close()
    return done


@pytest.mark.django_db(transaction=True)
def test_four_writers_leave_a_sound_tree():
    tree = make_tree()
    before = OrgUnit.objects.count()
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(work, [tree] * 4, range(4)))
    assert OrgUnit.objects.count() == before + 24
    assert sum(done) > 24
    assert verify_tree() == []


@pytest.mark.django_db(transaction=True)
def test_a_writer_waits_for_the_one_before():
    tree = make_tree()

    def rename():
        try:
            return services.rename(unit=tree.county, name="历上区", on=DAY, basis="", by=SYSTEM)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock_tree()
            waiting = pool.submit(rename)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
        assert waiting.result(timeout=10).name == "历上区"
