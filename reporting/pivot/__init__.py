"""自助查询: whatever indicators, units and periods somebody asks for, as one table whose totals stand only where adding
is right."""
