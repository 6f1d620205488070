"""What a meeting costs. Pure; knows no tables."""

MIN_BILLABLE_MINUTES = 10
NOTE = "Billing starts after 10 minutes of participant time. 1 credit = 1 hour."
