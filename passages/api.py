"""The JSON API of remembered passages."""

from uuid import UUID

from ninja import Query, Router, Status

from base.api.document import raises
from base.api.pagination import InvalidCursor, Listing, Page, paginate
from base.errors import NotFound
from base.http import ApiRequest
from base.models import database_time
from passages import services
from passages.errors import EmptyPassage, NotInMessage, PassageTooLong
from passages.schemas import NewPassage, PassageOut

router = Router(tags=["Passages"])


@router.get("", response=Page[PassageOut])
@raises(InvalidCursor)
def passage_list(request: ApiRequest, listing: Query[Listing]) -> Page[PassageOut]:
    """What the user asked to remember, newest first."""
    return paginate(request.user.passages.alive(), listing, PassageOut.of)


@router.post("", response={200: PassageOut, 201: PassageOut})
@raises(NotFound, EmptyPassage, PassageTooLong, NotInMessage)
def passage_create(request: ApiRequest, body: NewPassage) -> Status[PassageOut]:
    """Remember a passage of a message. A text that is remembered already is returned with the status 200."""
    message = request.user.messages.alive().get_or_not_found(body.message_id)
    remembered = services.remember_passage(message=message, text=body.text)
    return Status(201 if remembered.is_new else 200, PassageOut.of(remembered.passage))


@router.delete("/{uuid:passage_id}", response={204: None})
def passage_delete(request: ApiRequest, passage_id: UUID) -> Status[None]:
    passage = request.user.passages.alive().get_or_not_found(passage_id)
    services.delete_passage(passage=passage, at=database_time())
    return Status(204, None)


ROUTERS = {"/passages": router}
