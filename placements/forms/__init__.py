"""What did they type? One module for each audience."""
