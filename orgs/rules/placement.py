"""Where every unit stands, worked out from ``parent`` and ``division_code`` alone, in one pass over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from orgs.choices import Level

Ancestors = tuple[int | None, int | None, int | None, int | None]


class Node(NamedTuple):
    """The truth about a unit's place."""

    pk: int
    parent_id: int | None
    code: str
    level: int


class Place(NamedTuple):
    """What follows from it: interval, depth, tree, and the units above at each level (itself at its own)."""

    lft: int
    rght: int
    depth: int
    tree_id: int
    province_id: int | None
    city_id: int | None
    county_id: int | None
    township_id: int | None


def places(nodes: Iterable[Node]) -> dict[int, Place]:
    """The place of every node that hangs, over any number of others, on a root; nodes of a ring are left out."""
    children: dict[int | None, list[Node]] = {}
    for node in sorted(nodes, key=lambda node: (node.code, node.pk)):
        children.setdefault(node.parent_id, []).append(node)
    found: dict[int, Place] = {}
    for tree_id, root in enumerate(children.get(None, ()), start=1):
        found.update(_walk(root, tree_id, children))
    return found


def _walk(root: Node, tree_id: int, children: dict[int | None, list[Node]]) -> Iterator[tuple[int, Place]]:
    counter = 1
    none: Ancestors = (None, None, None, None)
    stack = [(root, 1, _with_itself(root, none), iter(children.get(root.pk, ())))]
    while stack:
        node, lft, above, rest = stack[-1]
        child = next(rest, None)
        counter += 1
        if child is None:
            stack.pop()
            yield node.pk, Place(lft, counter, len(stack), tree_id, *above)
        else:
            stack.append((child, counter, _with_itself(child, above), iter(children.get(child.pk, ()))))


def _with_itself(node: Node, above: Ancestors) -> Ancestors:
    if node.level == Level.VILLAGE:
        return above
    index = node.level - 1
    return (*above[:index], node.pk, *above[index + 1 :])  # type: ignore[return-value]
