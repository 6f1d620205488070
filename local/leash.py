"""Supervises one program, so that it can never outlive the process that started it.

Run as `python -S leash.py SIGNAL GRACE COMMAND…` with a pipe on standard input, as the leader of a
process group. When the pipe closes (its holder stopped it, or died however suddenly) the program gets
SIGNAL and GRACE seconds; then its whole group is killed. When the program dies first, what it left in
the group is killed too, so that its successor finds ports and files free.
"""

import os
import signal
import subprocess
import sys
import threading


def end_group() -> None:
    """Kill everything in this process group, this process too."""
    os.killpg(0, signal.SIGKILL)


def wait(child: "subprocess.Popen[bytes]") -> None:
    status = child.wait()
    print(f"ended with status {status}", file=sys.stderr, flush=True)
    end_group()


def main() -> None:
    name, grace, *command = sys.argv[1:]
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, lambda *_: None)  # a handler, unlike SIG_IGN, is not inherited
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    threading.Thread(target=wait, args=(child,), daemon=True).start()
    sys.stdin.buffer.read()  # returns when the holder lets go
    child.send_signal(signal.Signals[name])
    try:
        child.wait(float(grace))
    except subprocess.TimeoutExpired:
        print(f"did not end within {grace} s, killed", file=sys.stderr, flush=True)
    end_group()


if __name__ == "__main__":
    main()
