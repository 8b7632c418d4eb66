"""Collections, forms, cycles, reports and their review; facts, totals, completeness and coverage; the papers."""
