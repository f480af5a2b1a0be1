from base.navigation import RailLink, register
from palette import registry as palette

register(RailLink("notes", "Notes", "notebook", "notebook:note-list", order=90, paths=("notes",)))
palette.register(palette.Action("Read notes", "notebook", order=200, url_name="notebook:note-list"))
