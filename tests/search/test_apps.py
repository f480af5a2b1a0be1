import pytest
from django.apps import apps

from search.apps import SearchConfig
from search.index import lancedb_client
from tests.waiting import wait_until


def test_a_web_process_imports_lancedb_before_the_first_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lancedb_client, "WARM_UP_AFTER", 0.0)
    lancedb_client.lancedb_api.cache_clear()
    config = apps.get_app_config("search")
    assert isinstance(config, SearchConfig)
    config.web_started()
    wait_until(lambda: lancedb_client.lancedb_api.cache_info().currsize, 30)
