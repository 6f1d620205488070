from rest_framework.pagination import LimitOffsetPagination
from rest_framework.response import Response


class Pages(LimitOffsetPagination):
    max_limit = 100

    def get_paginated_response(self, data):
        return Response({"meetings": data, "count": self.count, "limit": self.limit, "offset": self.offset})
