"""Which unit carries on for one that was closed, as a part of statements."""

from __future__ import annotations

from string import Template


def heirs_in_sql(name: str, day: str = "day") -> str:
    """The common table expression ``name (unit_id, place)``: units closed by the day that the parameter ``day`` names,
    and the open unit that carries on their seats; of several successors the main one."""
    return Template("""
$name AS MATERIALIZED (
    WITH RECURSIVE first_heir AS (
        SELECT s.predecessor_id AS unit_id,
               (array_agg(s.successor_id ORDER BY s.is_main DESC, s.successor_id))[1] AS place, u.closed_on
        FROM orgs_succession s JOIN orgs_orgunit u ON u.id = s.predecessor_id
        WHERE s.on <= %($day)s AND u.closed_on <= %($day)s GROUP BY s.predecessor_id, u.closed_on
    ), chain AS (
        SELECT unit_id, place FROM first_heir
        UNION SELECT c.unit_id, f.place FROM chain c JOIN first_heir f ON f.unit_id = c.place
    )
    SELECT c.unit_id, c.place FROM chain c WHERE NOT EXISTS (SELECT 1 FROM first_heir f WHERE f.unit_id = c.place)
)""").substitute(name=name, day=day)
