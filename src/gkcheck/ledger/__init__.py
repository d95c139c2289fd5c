"""Fold a plan and its entries into the present state of every assignment. Pure: the day is an argument."""
