"""The groups of pages and of actions, and the actions that every page has."""

from django.utils.translation import gettext_lazy as _

from palette.queries import find_actions, find_pages
from palette.registry import Action, Group, register

register(
    Group(_("Pages"), order=10, find=find_pages),
    Group(_("Actions"), order=40, find=find_actions),
    Action(_("Toggle theme"), "sun-moon", order=80, attributes={"data-theme-choice": "toggle"}),
    Action(_("Keyboard shortcuts"), "keyboard", order=90, attributes={"data-opens-dialog": "keys-dialog"}),
)
