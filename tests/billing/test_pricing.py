from billing import pricing


def test_the_price_is_told_in_the_words_of_the_reference() -> None:
    assert pricing.NOTE == "Billing starts after 10 minutes of participant time. 1 credit = 1 hour."
    assert pricing.MIN_BILLABLE_MINUTES == 10
