"""What stands between somebody and the call, as far as only the pages know it. Shown to people."""

import math

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from upclass.errors import Problem


class NameNeeded(Problem):
    status, code = 400, "name_needed"
    error = _("Your name is needed")
    detail = _("Please enter your name.")


# Codes that are typed


class CodeProblem(Problem):
    """Shown on the page that asks for the code."""


class CodeNeeded(CodeProblem):
    status, code = 403, "code_needed"
    error = _("Your code is needed")
    detail = _("Please enter the code from your invitation.")


class CodeNotValid(CodeProblem):
    status, code = 403, "code_not_valid"
    error = _("This code does not work")
    detail = _("No one in this meeting has this code. Check it and try again.")


class TooManyAttempts(CodeProblem):
    """Too many wrong codes from one network, or for one meeting: nobody learns which, but for how long."""

    status, code = 429, "too_many_tries"
    error = _("Too many wrong codes")
    detail = _("No code is accepted here at the moment. Try again in {minutes} minutes.")
    detail_of_one = _("No code is accepted here at the moment. Try again in one minute.")

    def __init__(self, seconds: int) -> None:
        minutes = math.ceil(seconds / 60)
        super().__init__(self.detail_of_one if minutes == 1 else format_lazy(self.detail, minutes=minutes))
        self.headers = {"Retry-After": str(seconds)}


# What hosts do


class NobodyNamed(Problem):
    status, code = 400, "nobody_named"
    error = _("It is not clear who is meant")
    detail = _("The request names nobody. Load the page again, and try once more.")


# What is nobody's fault, or not a person's


class BadRequest(Problem):
    status, code = 400, "bad_request"
    error = _("This address does not work")
    detail = _(
        "The request is not one that this service can answer. Open the link that was sent to you again."
    )


class PostOnly(BadRequest):
    status, code = 405, "method_not_allowed"
    headers = {"Allow": "POST"}


class TooLarge(Problem):
    status, code = 413, "request_too_large"
    error = _("This is too large")
    detail = _("More was sent than this page takes. It takes no files.")


class CsrfFailed(Problem):
    status, code = 403, "csrf_failed"
    error = _("Your browser did not let us remember you")
    detail = _(
        "This page needs a cookie to tell your click from another site's. Allow cookies and load it again."
    )


class ServiceBusy(Problem):
    status, code = 503, "service_busy"
    error = _("Too much is going on")
    detail = _("This took too long, and nothing was changed. Wait a few seconds and try again.")
    headers = {"Retry-After": "5"}


class ServerError(Problem):
    status, code = 500, "server_error"
    error = _("Something went wrong")
    detail = _("It is our fault, not yours. Wait a little and try again.")
