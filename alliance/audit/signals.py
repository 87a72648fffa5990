"""What is announced? That a seal was put on the trail, to whoever tells the owners."""

from django.dispatch import Signal

sealed = Signal()
