"""What may go wrong with the embedded services, said to whoever typed the command."""


class EmbeddedError(Exception):
    """The embedded services cannot be used; the message says why and what to do, in Chinese."""
