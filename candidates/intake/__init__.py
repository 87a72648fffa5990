"""How does a file of people become people? Read, understood, compared, then committed."""
