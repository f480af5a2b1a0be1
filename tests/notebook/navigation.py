from base.navigation import RailLink, register

register(RailLink("notes", "Notes", "notebook", "notebook:note-list", order=90, paths=("notes",)))
