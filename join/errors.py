from upclass.errors import Problem


class NameNeeded(Problem):
    status, code = 400, "name_needed"
    error = "Your name is needed"
    detail = "Please enter your name."
