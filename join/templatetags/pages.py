"""Icons in templates: from the one sprite that Vite makes (join/room/icons.ts names what is in it)."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django_vite.core.asset_loader import DjangoViteAssetLoader

from join.language import way_back

register = template.Library()

LANGUAGE = "/language/"  # where the form of the languages is sent

# What an error page looks like, by the Problem's code.
ERROR_ICONS = {
    "meeting_ended": "flag",
    "meeting_expired": "hourglass",
    "meeting_cancelled": "calendar-x",
    "meeting_not_found": "search-x",
    "link_not_valid": "link-2-off",
    "participant_removed": "user-round-x",
    "participant_barred": "door-closed",
    "no_credits": "coins",
    "meeting_full": "users",
    "call_server_unreachable": "cloud-off",
    "too_many_tries": "timer-off",
    "csrf_failed": "shield-alert",
    "bad_request": "link-2-off",
    "feedback_given": "circle-check",
    "feedback_not_asked": "message-square-text",
    "not_there": "message-square-text",
    "server_error": "server-off",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon beside words that say the same: hidden from those who hear the page."""
    sprite = DjangoViteAssetLoader.instance().generate_vite_asset_url("join/room/icons.svg")
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', sprite, name)


@register.filter
def emblem(code: str) -> str:
    """The icon's name of an error page."""
    return ERROR_ICONS.get(code, "circle-alert")


@register.simple_tag(takes_context=True)
def here(context: template.RequestContext) -> str:
    """The path that shows this page again, also where a form was sent from it."""
    request = context.request
    if request.path == LANGUAGE:
        return way_back(request.POST.get("next", ""))
    if token := (context.get("page") or {}).get("token"):  # which the script takes out of the address
        return f"{request.path}?token={token}"
    path = request.get_full_path()
    return path.replace("/feedback/", "/", 1) if context.get("earlier") else path


@register.simple_tag
def stars() -> list[tuple[str, str]]:
    """The choices of a rating, as the form sends them and as they are called."""
    names = (_("1 star"), _("2 stars"), _("3 stars"), _("4 stars"), _("5 stars"))
    return [(str(number), name) for number, name in enumerate(names, start=1)]
