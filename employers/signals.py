"""What are the words? What this room announces; rooms above listen."""

from django.dispatch import Signal

role_ended = Signal()  # role, by, at: filled or closed, inside the transaction that did it
