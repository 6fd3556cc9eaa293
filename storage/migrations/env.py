"""Alembic's entry: it runs on the connection that ``storage.migrations.migrate`` hands over."""

from alembic import context

from storage.schema import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    user_module_prefix="types.",
    compare_type=False,
    transaction_per_migration=False,
    transactional_ddl=True,
)
context.run_migrations()
