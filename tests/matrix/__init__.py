"""Who sees what is not theirs? Every address, everybody, everything in it."""
