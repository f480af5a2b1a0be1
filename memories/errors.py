"""The errors of projects and memories."""

from django.utils.translation import gettext_lazy as _

from base.errors import Conflict, MemoryLoopError, TooLarge


class InvalidProjectName(MemoryLoopError):
    code = "invalid-project-name"
    message = _("A project's name has 1 to 100 characters, without slashes and control characters.")


class ProjectExists(Conflict):
    code = "project-exists"
    message = _("There is already a project of this name.")


class ProjectArchived(Conflict):
    code = "project-archived"
    message = _("This project is archived. Unarchive it before you write to it.")


class ProjectFull(MemoryLoopError):
    code = "project-full"
    message = _("This project has as many memories as it may have. Delete some, or use another project.")


class ProjectPurged(MemoryLoopError):
    status = 404
    code = "project-purged"
    message = _("This project has been deleted permanently.")


class MemoryPurged(MemoryLoopError):
    status = 404
    code = "memory-purged"
    message = _("This memory has been deleted permanently.")


class KeyTaken(Conflict):
    code = "key-taken"
    message = _("Another memory of the project has this key.")


class InvalidRecord(MemoryLoopError):
    """The record breaks a rule, which the message names."""

    code = "invalid-record"
    message = _("A memory is a JSON object.")


class RecordTooLarge(TooLarge):
    code = "record-too-large"
    message = _("A memory can have up to 64 KB of JSON. Split it, or leave out what nobody will look for.")


class InvalidWhere(MemoryLoopError):
    """`where` breaks a rule, which the message names."""

    code = "invalid-where"
    message = _('“where” is a JSON object with values that a record has, such as {"status": "open"}.')
