"""What are the words? What this room announces; rooms above listen."""

from django.dispatch import Signal

consent_withdrawn = Signal()  # candidate, scope, by, at
candidate_left = Signal()  # candidate, by, at
