"""What are the words? The states of a letter on its way out."""

from django.db import models


class State(models.TextChoices):
    PENDING = "pending", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    WITHHELD = "withheld", "Not sent"
    DEAD = "dead", "Gave up"
