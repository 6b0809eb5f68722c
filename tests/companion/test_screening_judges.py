"""The bar, held on messages whose words were never learnt (screening/training/README.md)."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

JUDGES = sorted(Path(__file__).with_name("screening_judges").glob("*.jsonl"))
AT_LEAST = {
    "crisis_recall": 0.93,
    "crisis_precision": 0.88,
    "crisis_or_concern_recall": 0.96,
    "macro_f1": 0.85,
}
AT_MOST = {"crisis_called_none": 0.01, "none_called_crisis": 0.06, "none_called_any": 0.15}


@pytest.mark.parametrize("judge", JUDGES, ids=lambda judge: judge.stem)
def test_the_bar_is_met_on_messages_nobody_has_learnt_from(judge: Path) -> None:
    out = StringIO()
    call_command("evaluate_screening", judge, json=True, stdout=out)
    figures = json.loads(out.getvalue())
    assert [name for name, least in AT_LEAST.items() if figures[name] < least] == []
    assert [name for name, most in AT_MOST.items() if figures[name] > most] == []
