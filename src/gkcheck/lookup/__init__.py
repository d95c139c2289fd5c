"""What a person typed → the unit, class, section or task that is meant."""
