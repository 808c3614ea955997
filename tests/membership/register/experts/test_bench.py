"""The invented register that the benches measure."""

from services.membership.register.experts.tables import expert
from tests.bench.people import experts


def test_an_invented_expert_has_each_column() -> None:
    (invented,) = experts(1)
    assert invented.keys() == set(expert.c.keys())
