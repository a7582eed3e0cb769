"""Alembic's entry: runs the migrations on the connection it is handed."""

from alembic import context
from sqlmodel import SQLModel

from records import rule_tables as rule_tables
from records import tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
    user_module_prefix=f"{tables.__name__}.",
)
with context.begin_transaction():
    context.run_migrations()
