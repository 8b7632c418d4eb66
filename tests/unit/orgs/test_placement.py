"""Places worked out in one pass, against slow recomputations of other hands."""

import random

import pytest

from core.actor import SYSTEM
from orgs.models import OrgUnit
from orgs.rules.divisions import DivisionRow
from orgs.rules.placement import Node, places
from orgs.services.divisions import import_divisions

LEVELS = {2: 1, 4: 2, 6: 3, 9: 4, 12: 5}


def random_codes(chance, *, skipping=True):
    """A province in which, unless told otherwise, any level but the first may be skipped."""
    codes = {"37"}
    for number in range(1, 60):
        above = chance.choice(sorted(code for code in codes if len(code) < 12))
        longer = [length for length in LEVELS if length > len(above)]
        digits = chance.choice(longer) if skipping else longer[0]
        codes.add(above + "0" * (digits - len(above) - 2) + f"{number:02d}")
    return sorted(codes)


def nodes_of(codes):
    keys = {code: key for key, code in enumerate(codes, start=100)}
    parents = {
        code: next(
            (code[:length] for length in (9, 6, 4, 2) if length < len(code) and code[:length] in keys), None
        )
        for code in codes
    }
    return [Node(keys[code], keys.get(parents[code]), code, LEVELS[len(code)]) for code in codes]


def slowly(node, nodes, position, depth):
    """The interval of ``node`` by plain recursion, with those below."""
    found = {}
    left = position
    position += 1
    for child in sorted((each for each in nodes if each.parent_id == node.pk), key=lambda each: each.code):
        below, position = slowly(child, nodes, position, depth + 1)
        found |= below
    return found | {node.pk: (left, position, depth)}, position + 1


@pytest.mark.parametrize("seed", range(20))
def test_places_of_random_provinces(seed):
    chance = random.Random(seed)
    nodes = nodes_of(random_codes(chance))
    by_key = {node.pk: node for node in nodes}
    right, _ = slowly(nodes[0], nodes, 1, 0)
    chance.shuffle(nodes)
    for key, place in places(nodes).items():
        assert place[:3] == right[key]
        above, each = {}, by_key[key]
        while each is not None:
            above[each.level] = each.pk
            each = by_key.get(each.parent_id)
        assert list(place[4:]) == [above.get(level) for level in (1, 2, 3, 4)]


def test_ring_is_left_out():
    ring = [Node(1, None, "37", 1), Node(2, 3, "3701", 2), Node(3, 2, "370102", 3)]
    assert set(places(ring)) == {1}


def test_places_agree_with_those_of_mptt(db):
    codes = random_codes(random.Random(7), skipping=False)
    import_divisions(rows=[DivisionRow(2, code, f"单位{code}") for code in codes], by=SYSTEM)
    ours = dict(OrgUnit.objects.values_list("division_code", "lft"))
    OrgUnit.objects.rebuild()
    assert dict(OrgUnit.objects.values_list("division_code", "lft")) == ours
