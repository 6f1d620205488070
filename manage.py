#!/usr/bin/env python
"""Django's commands, with the settings of the running stack where none are given."""

import os
import sys

from django.core.management import execute_from_command_line

from local.env import use_running_stack

if __name__ == "__main__":
    use_running_stack()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upclass.settings")
    execute_from_command_line(sys.argv)
