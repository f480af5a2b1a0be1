from tests.search.conftest import messages

__all__ = ["messages"]
