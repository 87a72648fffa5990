"""Who knocked? One module for each audience."""
