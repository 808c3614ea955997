"""The means of what a panel scores. Plain Python."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from shared.records.panels import Criterion


@dataclass(frozen=True, slots=True)
class Given:
    """What one member of the panel gives: 0 to 5 by criterion, and a recommendation."""

    scores: Mapping[str, int]
    recommendation: str | None


@dataclass(frozen=True, slots=True)
class Summary:
    """How many members have scored, the mean by criterion, the mean of these by weight (null without a score), and how
    many recommend what."""

    scored: int
    means: Mapping[str, float]
    mean: float | None
    recommendations: Mapping[str, int]


def summary(criteria: Sequence[Criterion], given: Sequence[Given]) -> Summary:
    """The summary of the scores of members without a conflict of interest."""
    means = {criterion["key"]: fmean(one.scores[criterion["key"]] for one in given) for criterion in criteria if given}
    weights = [criterion["weight"] for criterion in criteria]
    mean = fmean(means.values(), weights) if means else None
    recommended = Counter(one.recommendation for one in given if one.recommendation)
    return Summary(len(given), means, mean, dict(recommended))
