"""The design's budgets, each beside its peer in one run; nothing here is asserted, it is measured and printed."""
