"""A process that runs Celery tasks, one after the other, as a worker does, and says what each took.

Reads the names of tasks, a line each; answers each with a line of JSON: seconds, `cpu` seconds of its own,
and megabytes of memory afterwards.
"""

import json
import resource
import sys
import time

import django
import psutil
from django.utils.module_loading import import_string


def spent() -> float:
    own = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in own)


def run(name: str) -> dict[str, float]:
    task = import_string(name)
    began, before = time.monotonic(), spent()
    task()
    seconds, cpu = time.monotonic() - began, spent() - before
    return {"seconds": seconds, "cpu": cpu, "memory": psutil.Process().memory_full_info().uss / 1e6}


if __name__ == "__main__":
    django.setup()
    for line in sys.stdin:
        print(json.dumps(run(line.strip())), flush=True)
