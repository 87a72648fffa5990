"""What may it cost? Figures that were agreed, measured against a peer at full size.

One file a bench, each with ``lines() -> Iterator[Line]``; register it in ``BENCHES``. Not collected
with the tests: nothing here passes or fails by the clock of whoever happens to run them.
"""
