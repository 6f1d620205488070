"""Run a script of package.json with the Node that was installed: `python -m local.node lint`."""

import os
import subprocess
import sys

from local.install import ROOT, node_folder


def main() -> int:
    path = f"{node_folder()}{os.pathsep}{os.environ['PATH']}"
    command = ["npm", "run", "--silent", *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": path, "NO_COLOR": "1"}).returncode


if __name__ == "__main__":
    sys.exit(main())
