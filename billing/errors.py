from upclass.errors import Problem


class InsufficientCredits(Problem):
    status, code = 402, "insufficient_credits"
    error = "Insufficient credits"
    detail = "Your credits balance is used up. Add credits to go on."
