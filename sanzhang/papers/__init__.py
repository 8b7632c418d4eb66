"""Papers of the registry: registration form, roster, briefing; each drafted once and written in three formats."""
