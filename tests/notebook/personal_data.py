from accounts.personal_data import PersonalData, register
from tests.notebook.models import Note

register(PersonalData("notes", Note, ("text",)))
