"""Lists of what grows for ever: no page of them counts, or sorts, all that there ever was."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model
from django.utils.functional import cached_property

MOST = 1000  # rows that can be paged through; who looks for older ones filters or searches


class LongListPaginator(Paginator[Any]):
    """Counts to MOST and no further."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:MOST].count())


class LongList[Row: Model](admin.ModelAdmin[Row]):
    """Of a page of the admin: the newest first, by the primary key's index, and by nothing else."""

    paginator = LongListPaginator
    show_full_result_count = False
    ordering = ("-pk",)
    sortable_by = ()
    list_max_show_all = 0
