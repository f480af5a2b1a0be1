"""Compression of pages and JSON. It shrinks a list of cards from 75 KB to about 8 KB."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressionMiddleware(GZipMiddleware):
    """Django's middleware, but a streamed response is left alone.

    A compressor would hold back the events of a reply until they fill a block.

    The size of a compressed page depends on its text, and an attacker who can put text into the page can measure it to
    guess a secret in it (BREACH). Django's middleware adds up to 100 random bytes to each response, and the CSRF token,
    the only secret in every page, is masked differently each time it is written.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming:
            return response
        return super().process_response(request, response)
