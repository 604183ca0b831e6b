"""What the tables that every case shares said when a version was saved."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep it from now on; of versions saved before, it is not known."""
    op.add_column("version", sa.Column("tables", sa.Text))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("version", "tables")
