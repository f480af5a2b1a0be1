"""The JSON API: each app's routers below /api/, with shared authentication and error responses."""

from ninja import NinjaAPI

from accounts.sign_in.api_authentication import session_or_token
from base.api.error_handlers import add_error_handlers
from base.api.json_parser import StrictParser
from base.apps import project_apps
from memoryloop.api_docs import ApiDocs

api = NinjaAPI(
    title="MemoryLoop",
    version="1",
    docs_url="docs",
    openapi_url="openapi.json",
    urls_namespace="api",
    auth=session_or_token(),
    parser=StrictParser(),
    docs=ApiDocs(),
)
add_error_handlers(api)

for app in project_apps():
    if module := app.submodule("api"):
        for prefix, router in module.ROUTERS.items():
            api.add_router(prefix, router)
