"""The organisation tree and its editions, what each unit has, cohorts of units, and reorganisation."""
