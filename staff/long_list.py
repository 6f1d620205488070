"""Lists of what grows for ever: no page of them counts, or sorts, all that there ever was."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import cached_property

MOST = 1000  # rows that can be paged through; who looks for older ones filters or searches


class LongListPaginator(Paginator[Any]):
    """Counts to MOST and no further; `is_cut` where there are more."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        found = int(rows.order_by()[: MOST + 1].count())
        self.is_cut = found > MOST
        return min(found, MOST)


class LongChangeList(ChangeList):
    """Its title says so where there is more than can be paged through."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if self.paginator.is_cut:
            self.title = f"{self.title}: the newest {MOST:,}"


class LongList[Row: Model](admin.ModelAdmin[Row]):
    """Of a page of the admin: the newest first, by the primary key's index, and by nothing else."""

    paginator = LongListPaginator
    show_full_result_count = False
    ordering = ("-pk",)
    sortable_by = ()
    list_max_show_all = 0

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LongChangeList
