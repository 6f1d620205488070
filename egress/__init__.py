"""A small worker that records LiveKit rooms where the official egress service cannot run."""
