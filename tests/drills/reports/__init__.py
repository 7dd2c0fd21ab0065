"""How fast the reports are over a million completed meetings."""
