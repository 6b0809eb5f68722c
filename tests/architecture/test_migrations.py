"""A release is prepared while the one before it still serves: what would break that one is named.

What is here listed is done in three releases instead: add, move over, take away (docs/runbook.md).
"""

from collections.abc import Iterator

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# The newest migration that the last release knows, by app. Moved on when a release is made.
RELEASED = {
    "accounts": 4,
    "announcements": 1,
    "appointments": 3,
    "companion": 11,
    "materi": 2,
    "notifications": 2,
    "operations": 1,
    "schools": 3,
}
# "app.name: what it does": why the release before lives with it.
THOUGHT_ABOUT = {
    "materi.0003_form_sent_twice: Create constraint one_materi_a_form on model materi": (
        "its rows have no key, and two without one are not the same"
    ),
}

TAKES_AWAY = (
    migrations.RemoveField,
    migrations.RenameField,
    migrations.DeleteModel,
    migrations.RenameModel,
    migrations.AlterModelTable,
    migrations.RunSQL,
    migrations.AddConstraint,
    migrations.AlterUniqueTogether,
)


def breaks(operation: Operation, app: str, before: ProjectState) -> bool:
    """Whether a process of the release before may fail, or break a rule, once this is done."""
    model = getattr(operation, "model_name_lower", getattr(operation, "name_lower", ""))
    if (app, model) not in before.models:
        return False  # it knows nothing of what is new
    if isinstance(operation, migrations.AddField):
        return _must_be_given(operation.field)
    if isinstance(operation, migrations.AlterField):
        known = before.models[app, model].fields[operation.name]
        is_tighter = known.null and _must_be_given(operation.field)
        return is_tighter or type(known) is not type(operation.field)
    return isinstance(operation, TAKES_AWAY)


def _must_be_given(field: models.Field) -> bool:
    """By an INSERT that does not know the column: Django's own default is not the database's."""
    return not (field.null or field.many_to_many or field.has_db_default())


def breaking(migration: Migration, state: ProjectState) -> Iterator[str]:
    for operation in migration.operations:
        if breaks(operation, migration.app_label, state):
            yield f"{migration}: {operation.describe()}"
        operation.state_forwards(migration.app_label, state)


def is_newer(migration: Migration) -> bool:
    number = int(migration.name.partition("_")[0])
    return number > RELEASED.get(migration.app_label, 0)


def test_the_release_before_can_go_on_beside_these_migrations() -> None:
    loader = MigrationLoader(None)
    found = {
        told
        for (app, name), migration in loader.disk_migrations.items()
        if migration.__module__.startswith("educounsel.") and is_newer(migration)
        for told in breaking(migration, loader.project_state((app, name), at_end=False))
    }
    assert found == set(THOUGHT_ABOUT)


def test_what_is_marked_as_released_is_there() -> None:
    names = MigrationLoader(None).disk_migrations
    for app, newest in RELEASED.items():
        assert any(a == app and name.startswith(f"{newest:04}_") for a, name in names), app


TEXT, OPTIONAL = models.TextField(), models.TextField(null=True)


@pytest.mark.parametrize(
    ("operation", "is_breaking"),
    [
        (migrations.RemoveField("user", "name"), True),
        (migrations.RenameField("user", "name", "called"), True),
        (migrations.DeleteModel("User"), True),
        (migrations.RenameModel("User", "Person"), True),
        (migrations.AddField("user", "motto", TEXT), True),
        (migrations.AddField("user", "motto", models.TextField(default="")), True),
        (migrations.AddField("user", "motto", models.TextField(db_default="")), False),
        (migrations.AddField("user", "motto", OPTIONAL), False),
        (migrations.AlterField("user", "nisn", models.CharField(max_length=10)), True),
        (migrations.AlterField("user", "nisn", models.CharField(max_length=12, null=True)), False),
        (migrations.AlterField("user", "name", models.TextField()), True),
        (
            migrations.AddConstraint("user", models.UniqueConstraint(fields=["name"], name="x")),
            True,
        ),
        (migrations.CreateModel("Motto", [("text", TEXT)]), False),
        (migrations.AddIndex("user", models.Index(fields=["name"], name="x")), False),
    ],
)
def test_each_kind_is_known(operation: Operation, is_breaking: bool) -> None:
    state = MigrationLoader(None).project_state()
    assert breaks(operation, "accounts", state) is is_breaking


def test_a_table_that_is_new_itself_may_be_changed_at_will() -> None:
    operation = migrations.RemoveField("motto", "text")
    assert not breaks(operation, "accounts", MigrationLoader(None).project_state())
