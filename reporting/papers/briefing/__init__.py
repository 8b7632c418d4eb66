"""The briefing (简报): articles chosen from what cities and counties wrote and from exemplars, under its own masthead."""
