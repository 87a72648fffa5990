"""Who knocked? One file for each audience, and one for everybody."""
