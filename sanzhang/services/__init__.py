"""Every change of the registry, each one act: keyword-only, ``by=`` the actor, one transaction, one audit event."""
