"""Run a command in a network of its own: 127.0.0.1 and one interface that leads nowhere.

Media clients (Chromium, libwebrtc) want an interface besides loopback; here they have one, no packet
leaves the machine and no port can collide. Where the system does not allow it, the command runs on the
host, with a note.
"""

import os
import shutil
import subprocess
import sys

SET_UP = """
ip link set lo up &&
ip link add dead0 type veth peer name dead1 &&
ip address add 10.99.0.2/24 dev dead0 &&
ip link set dead0 up && ip link set dead1 up || exit 97
"""


def prefix() -> list[str]:
    """The command line that makes the network and goes on as the same user in it."""
    if os.geteuid() == 0:
        return ["unshare", "--net", "sh", "-c", f'{SET_UP} exec "$@"', "sh"]
    back = f"unshare --user --map-user={os.getuid()} --map-group={os.getgid()}"
    return ["unshare", "--map-root-user", "--net", "sh", "-c", f'{SET_UP} exec {back} "$@"', "sh"]


def allowed() -> bool:
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    return subprocess.run([*prefix(), "true"], capture_output=True).returncode == 0


def main() -> None:
    command = sys.argv[1:]
    if allowed():
        command = [*prefix(), *command]
    else:
        print("note: no private network is to be had here; media runs on the host's", flush=True)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
