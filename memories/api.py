"""The JSON API of projects and memories."""

from uuid import UUID

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from accounts.models import Scope
from accounts.sign_in.api_authentication import session_or_token
from base.api import ndjson
from base.api.document import raises
from base.api.json_parser import InvalidParameter
from base.api.pagination import InvalidCursor, Listing, Page, paginate
from base.http import ApiRequest
from base.models import database_time
from base.postgresql.acting import KeepActing
from memories import services
from memories.bulk import services as bulk
from memories.bulk.deletion import delete_memories, restore_memories
from memories.bulk.errors import LinesRejected, TooManyBytes, TooManyLines
from memories.bulk.export import exported_lines
from memories.bulk.reading import read_lines
from memories.bulk.schemas import BulkQuery, DeletionOut, ReportOut, RestorationOut, Restored
from memories.chats.queries import with_used
from memories.chats.schemas import ProjectChoice, ProjectChoiceOut
from memories.chats.services import use_project
from memories.errors import (
    InvalidProjectName,
    InvalidRecord,
    InvalidWhere,
    KeyTaken,
    ProjectArchived,
    ProjectExists,
    ProjectFull,
    RecordTooLarge,
)
from memories.schemas import (
    MemoryChange,
    MemoryConditions,
    MemoryDeletion,
    MemoryFilter,
    MemoryOut,
    NewMemory,
    NewProject,
    ProjectChange,
    ProjectOut,
)
from memories.search.queries import find_memories
from memories.search.schemas import MemorySearch, MemorySearchAnswer

router = Router(tags=["Memories"])
projects = Router(tags=["Projects"])
chats = Router(tags=["Projects"])
RECORD_ERRORS = (InvalidRecord, RecordTooLarge, ProjectArchived)


@projects.get("", response=Page[ProjectOut])
@raises(InvalidCursor)
def project_list(request: ApiRequest, listing: Query[Listing]) -> Page[ProjectOut]:
    """The newest first, archived ones too."""
    return paginate(request.user.projects.alive(), listing, ProjectOut.of)


@projects.post("", response={201: ProjectOut})
@raises(InvalidProjectName, ProjectExists)
def project_create(request: ApiRequest, body: NewProject) -> Status[ProjectOut]:
    return Status(201, ProjectOut.of(services.create_project(owner=request.user, **body.model_dump())))


@projects.get("/{uuid:project_id}", response=ProjectOut)
def project_detail(request: ApiRequest, project_id: UUID) -> ProjectOut:
    return ProjectOut.of(request.user.projects.alive().get_or_not_found(project_id))


@projects.patch("/{uuid:project_id}", response=ProjectOut)
@raises(InvalidProjectName, ProjectExists)
def project_edit(request: ApiRequest, project_id: UUID, body: ProjectChange) -> ProjectOut:
    """Change the fields that are given."""
    project = request.user.projects.alive().get_or_not_found(project_id)
    changes = body.model_dump(exclude_unset=True)
    return ProjectOut.of(services.change_project(project=project, at=database_time(), **changes))


@projects.delete("/{uuid:project_id}", response={204: None})
def project_delete(request: ApiRequest, project_id: UUID) -> Status[None]:
    """With its memories."""
    services.delete_project(project=request.user.projects.alive().get_or_not_found(project_id), at=database_time())
    return Status(204, None)


@router.get("", response=Page[MemoryOut])
@raises(InvalidCursor, InvalidWhere)
def memory_list(request: ApiRequest, query: Query[MemoryFilter]) -> Page[MemoryOut]:
    """The newest first."""
    memories = query.filters().rows(request.user)
    return paginate(memories.select_related("project"), query, MemoryOut.of)


@router.post("", response={200: MemoryOut, 201: MemoryOut})
@raises(InvalidProjectName, ProjectFull, *RECORD_ERRORS)
def memory_create(request: ApiRequest, body: NewMemory) -> Status[MemoryOut]:
    """A memory with a `key` that the project has replaces that one, with the status 200."""
    saved = services.save_memory(owner=request.user, project=body.project, **body.values())
    return Status(201 if saved.is_new else 200, MemoryOut.of(saved.memory))


@router.post("/bulk", response=ReportOut, openapi_extra=ndjson.REQUEST)
@raises(TooManyLines, TooManyBytes, LinesRejected)
def memory_bulk(request: ApiRequest, query: Query[BulkQuery]) -> ReportOut:
    """Write a memory for each line of JSON, which has the fields of a new memory.

    If a line has an error, nothing is written; with `partial`, all other lines are written. `project` is for lines
    without one. At most 10,000 lines and 32 MB.
    """
    lines = read_lines(ndjson.body_of(request))
    report = bulk.write_lines(owner=request.user, lines=lines, partial=query.partial, project=query.project)
    if report.errors and not query.partial:
        raise LinesRejected(report.errors)
    return ReportOut.of(report)


@router.get("/export", openapi_extra=ndjson.RESPONSE)
@raises(InvalidWhere)
def memory_export(request: ApiRequest, query: Query[MemoryConditions]) -> StreamingHttpResponse:
    """The memories as lines of JSON, the oldest first. `POST /api/memories/bulk` takes them again."""
    lines = exported_lines(query.filters().rows(request.user))
    headers = {"Content-Disposition": 'attachment; filename="memories.ndjson"'}
    return StreamingHttpResponse(KeepActing(lines), content_type=ndjson.CONTENT_TYPE, headers=headers)


@router.delete("", response=DeletionOut)
@raises(InvalidWhere)
def memories_delete(request: ApiRequest, query: Query[MemoryDeletion]) -> DeletionOut:
    """Delete all memories of the named projects that match. `POST /api/memories/restore` undoes it for an hour."""
    # A filter with a typing error must not be overlooked: without it, everything would be deleted.
    if unknown := request.GET.keys() - MemoryDeletion.model_fields.keys():
        raise InvalidParameter(_("There is no filter %(name)s.") % {"name": min(unknown)[:50]})
    deletion = delete_memories(owner=request.user, filters=query.filters(), at=database_time())
    return DeletionOut.of(deletion)


@router.post("/restore", response=RestorationOut)
@raises(ProjectFull)
def memories_restore(request: ApiRequest, body: Restored) -> RestorationOut:
    """Undo a deletion of many memories. `deleted_at` is from its response."""
    return RestorationOut.of(restore_memories(owner=request.user, at=body.deleted_at))


@router.post("/search", response=MemorySearchAnswer, auth=session_or_token(Scope.READ))
@raises(InvalidWhere)
def memory_search(request: ApiRequest, body: MemorySearch) -> MemorySearchAnswer:
    """Memories by words, by meaning and by what filters ask for, best first."""
    found = find_memories(
        owner=request.user, query=body.query, filters=body.filters(), mode=body.mode, limit=body.limit
    )
    return MemorySearchAnswer.of(found)


@router.get("/{uuid:memory_id}", response=MemoryOut)
def memory_detail(request: ApiRequest, memory_id: UUID) -> MemoryOut:
    return MemoryOut.of(request.user.memories.alive().get_or_not_found(memory_id))


@router.patch("/{uuid:memory_id}", response=MemoryOut)
@raises(KeyTaken, *RECORD_ERRORS)
def memory_edit(request: ApiRequest, memory_id: UUID, body: MemoryChange) -> MemoryOut:
    """Change the fields that are given; `data` is replaced as a whole."""
    memory = request.user.memories.alive().get_or_not_found(memory_id)
    return MemoryOut.of(services.change_memory(memory=memory, **body.changes()))


@router.delete("/{uuid:memory_id}", response={204: None})
def memory_delete(request: ApiRequest, memory_id: UUID) -> Status[None]:
    services.delete_memory(memory=request.user.memories.alive().get_or_not_found(memory_id), at=database_time())
    return Status(204, None)


@chats.get("/{uuid:conversation_id}/projects", response=Page[ProjectChoiceOut])
@raises(InvalidCursor)
def conversation_project_list(
    request: ApiRequest, conversation_id: UUID, listing: Query[Listing]
) -> Page[ProjectChoiceOut]:
    """The projects that are not archived, and whether the answers of this conversation use their memories."""
    conversation = request.user.conversations.alive().get_or_not_found(conversation_id)
    projects = with_used(request.user.projects.current(), conversation_id=conversation.pk)
    return paginate(projects, listing, ProjectChoiceOut.of)


@chats.put("/{uuid:conversation_id}/projects/{uuid:project_id}", response=ProjectChoiceOut)
def conversation_project_change(
    request: ApiRequest, conversation_id: UUID, project_id: UUID, body: ProjectChoice
) -> ProjectChoiceOut:
    """Choose for this conversation. A choice that is the same as `use_in_chats` of the project follows it from then
    on."""
    conversation = request.user.conversations.alive().get_or_not_found(conversation_id)
    projects = with_used(request.user.projects.current(), conversation_id=conversation.pk)
    use_project(conversation=conversation, project=projects.get_or_not_found(project_id), use=body.used)
    return ProjectChoiceOut.of(projects.get_or_not_found(project_id))


ROUTERS = {"/memories/projects": projects, "/memories": router, "/chat/conversations": chats}
