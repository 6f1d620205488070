"""The parts of the service on one machine: find or install, start, wait, watch, stop."""
