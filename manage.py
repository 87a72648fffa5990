#!/usr/bin/env python
"""The operator's door: every command starts here."""

import os
import sys

from alliance.engine_room import at_hand


def main() -> None:
    """Run a command, lending it the embedded services when nobody gave it any."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    from alliance.audit.context import command  # noqa: PLC0415

    with at_hand(), command(*sys.argv[1:2]):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
