"""``make run``: the services, the database made ready, then web, workers and beat as one thing that lives and ends."""
