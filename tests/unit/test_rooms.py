"""What no import contract can say: a replica and its platform's client know nothing of each other."""

from __future__ import annotations

import grimp
import pytest

from feedback_service.platforms import keys

GRAPH = grimp.build_graph("feedback_service", include_external_packages=False)


@pytest.mark.parametrize("key", keys())
def test_a_replica_imports_nothing_of_its_platforms_client_side(key: str):
    platform = f"feedback_service.platforms.{key}"
    replica = {name for name in GRAPH.modules if f"{name}.".startswith(f"{platform}.replica.")}
    client = {name for name in GRAPH.modules if f"{name}.".startswith(f"{platform}.")} - replica

    imported = {other for name in replica for other in GRAPH.find_modules_directly_imported_by(name)}

    assert replica
    assert not imported & client
