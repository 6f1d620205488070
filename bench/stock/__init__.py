"""The same service as a good team would write it in an afternoon: plain Django and DRF, under gunicorn.

Its tables and its JSON are ours, so its models are, too; nothing else is. Only what is measured is there.
"""
