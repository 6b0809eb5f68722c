"""Seals what was written before. Some rows at a time: a killed run goes on where it stopped.

A release from before goes on working beside it, but shows sealed texts as they are stored; what it
still writes stays plain, is read all the same, and is sealed by `manage.py rotate_companion_keys`.
"""

from collections.abc import Callable

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from educounsel.companion.resealing import rewrite
from educounsel.companion.sealed import reseal, unseal

SEALED = ("CaseEntry", "ConcernOpening", "Conversation", "Message", "Reply")


def with_all(change: Callable[[str], str]) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
    def run(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        rewrite([apps.get_model("companion", name) for name in SEALED], change)

    return run


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("companion", "0002_seal_free_text")]
    operations = [migrations.RunPython(with_all(reseal), with_all(unseal))]
