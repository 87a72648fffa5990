"""What do we say when we cannot go on?"""


class Trouble(Exception):
    """One sentence for the person at the keyboard: what is wrong and what to do."""
