"""Find the unit, group, section or tasks that a person typed."""
