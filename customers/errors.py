from upclass.errors import Problem


class InvalidApiKey(Problem):
    status, code = 401, "invalid_api_key"
    error = "Invalid API key"
    detail = "The provided API key is not valid"


class ApiKeyInactive(Problem):
    status, code = 403, "api_key_inactive"
    error = "API key inactive"
    detail = "The provided API key, or the account that it belongs to, is switched off"
