"""The JSON API: each app's routers below /api/, with shared authentication and error responses."""

from accounts.sign_in.api_authentication import session_or_token
from base.api.document import DocumentedApi
from base.api.error_handlers import add_error_handlers
from base.api.json_parser import StrictParser
from base.api.renderer import JsonRenderer
from base.apps import project_apps
from memoryloop.api_docs import ApiDocs

api = DocumentedApi(
    title="MemoryLoop",
    version="1",
    description=(
        "Every error is problem+json. Besides the responses of each operation, an unknown path answers 404, another "
        "method 405, and a request that the server cannot read 400."
    ),
    docs_url="docs",
    openapi_url="openapi.json",
    urls_namespace="api",
    auth=session_or_token(),
    parser=StrictParser(),
    renderer=JsonRenderer(),
    docs=ApiDocs(),
)
add_error_handlers(api)

for app in project_apps():
    if module := app.submodule("api"):
        for prefix, router in module.ROUTERS.items():
            api.add_router(prefix, router)
