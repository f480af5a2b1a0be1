"""`GET /metrics` for Prometheus.

It is answered before Django: a scraper may use any name of the host, needs no redirect to https, and does not count in
the quotas.
"""

import hmac
from ipaddress import ip_address

from asgiref.sync import sync_to_async
from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST

from base.logs import context
from base.metrics.exposition import exposition
from memoryloop.body_limit import Application, Receive, Scope, Send

PATH = "/metrics"
PROCESS = "web"
# Headers in which a proxy names the client. The peer of the connection is then the proxy.
_PROXY_HEADERS = {b"x-forwarded-for", b"forwarded", b"x-real-ip"}


class MetricsEndpoint:
    """An ASGI application that serves the metrics to those who may see them, and passes other requests on.

    It is off unless METRICS_TOKEN or METRICS_ADDRESSES is set: then the path is as unknown as any other.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_on = settings.METRICS_TOKEN or settings.METRICS_ADDRESSES
        if scope["type"] != "http" or scope["path"] != PATH or not is_on:
            await self.application(scope, receive, send)
            return
        context.bind(route="metrics")
        if scope["method"] not in ("GET", "HEAD"):
            await _respond(send, 405, b"Use GET.", (b"allow", b"GET, HEAD"))
        elif has_token(scope) or has_address(scope):
            body = await sync_to_async(exposition, thread_sensitive=False)(PROCESS)
            await _respond(send, 200, body, content_type=CONTENT_TYPE_LATEST)
        else:
            await _respond(send, 401, b"Send METRICS_TOKEN as a Bearer token.", (b"www-authenticate", b"Bearer"))


def has_token(scope: Scope) -> bool:
    header: bytes = dict(scope["headers"]).get(b"authorization", b"")
    scheme, _, token = header.partition(b" ")
    expected = settings.METRICS_TOKEN.encode()
    return bool(expected) and scheme.lower() == b"bearer" and hmac.compare_digest(token.strip(), expected)


def has_address(scope: Scope) -> bool:
    """Whether the peer of the connection is in METRICS_ADDRESSES. A request that came through a proxy is not."""
    if not scope["client"] or _PROXY_HEADERS & {name for name, _value in scope["headers"]}:
        return False
    address = ip_address(scope["client"][0].partition("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in settings.METRICS_ADDRESSES)


async def _respond(
    send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes], content_type: str = "text/plain; charset=utf-8"
) -> None:
    shared = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    shared += [(b"cache-control", b"no-store"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": shared})
    await send({"type": "http.response.body", "body": body})
