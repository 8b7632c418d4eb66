"""What must hold: one function per demand; each returns problems and saves nothing."""
