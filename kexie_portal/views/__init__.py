"""The front door and the probes."""
