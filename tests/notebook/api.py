from ninja import Router, Schema, Status

from base.api.schemas import RequestBody
from base.http import ApiRequest
from tests.notebook.models import Note

router = Router(tags=["Notes"])


class NoteIn(RequestBody):
    text: str


class NoteOut(Schema):
    text: str


@router.post("", response={201: NoteOut})
def note_create(request: ApiRequest, body: NoteIn) -> Status[Note]:
    return Status(201, Note.objects.create(owner=request.user, text=body.text))


ROUTERS = {"/notes": router}
