"""What people type: types and required fields only; what must hold is for the services."""
