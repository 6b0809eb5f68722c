"""Every sealed text anew, some rows at a time: may be stopped anywhere, and run again."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import transaction
from django.db.models import Model, QuerySet, TextField, Value
from django.db.models.functions import Cast

from educounsel.companion.sealed import SealedTextField, Unopened

BATCH = 200

type Row = dict[str, Any]


def rewrite(models: Iterable[type[Model]], change: Callable[[str], str]) -> Counter[str]:
    """How many texts were changed, were kept, and could not be opened. Those stay as they are."""
    counts: Counter[str] = Counter()
    for model in models:
        last, names = 0, sealed_in(model)
        while names and (last := _rewrite_some(model, names, last, change, counts)):
            pass
    return counts


def sealed_in(model: type[Model]) -> list[str]:
    return [f.name for f in model._meta.local_fields if isinstance(f, SealedTextField)]


def notice_a_lost_key() -> list[str]:
    """Opens the newest text of each kind; returns the kinds that no key opens, and logs them."""
    return [
        model._meta.label
        for model in apps.get_models()
        if (names := sealed_in(model))
        and any(
            isinstance(text, Unopened)
            for text in model._default_manager.order_by("-pk").values_list(*names).first() or ()
        )
    ]


@transaction.atomic
def _rewrite_some(
    model: type[Model],
    names: list[str],
    after: int,
    change: Callable[[str], str],
    counts: Counter[str],
) -> int:
    """Locked meanwhile: a reply that is being written waits. Returns the last id, 0 at the end."""
    last = 0
    for row in _as_stored(model, names).filter(pk__gt=after).select_for_update()[:BATCH]:
        last = row["pk"]
        changed = _changed(row, names, change, counts)
        if changed:
            model._default_manager.filter(pk=last).update(**changed)
    return last


def _as_stored(model: type[Model], names: list[str]) -> QuerySet[Any, Row]:
    stored = {f"stored_{name}": Cast(name, TextField()) for name in names}
    return model._default_manager.order_by("pk").values("pk", **stored)


def _changed(
    row: Row, names: list[str], change: Callable[[str], str], counts: Counter[str]
) -> dict[str, Value]:
    changed = {}
    for name in names:
        stored = row[f"stored_{name}"]
        try:
            fresh = change(stored)
        except InvalidToken:
            counts["lost"] += 1
            continue
        counts["changed" if fresh != stored else "kept"] += bool(stored)
        if fresh != stored:
            changed[name] = Value(fresh, output_field=TextField())  # past the field: as it is
    return changed
