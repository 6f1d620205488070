"""upclass/settings.py as another environment would make it, without touching this one's."""

import os
import runpy
from typing import Any
from unittest import mock

from local.env import ROOT


def settings_with(**environment: str) -> dict[str, Any]:
    """Every setting by its name."""
    with mock.patch.dict(os.environ, environment):
        return runpy.run_path(str(ROOT / "upclass" / "settings.py"))
