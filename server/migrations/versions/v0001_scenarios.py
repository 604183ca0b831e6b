"""Saved scenarios and their versions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "scenario",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("key_hash", sa.String(64)),
        sa.Column("owner", sa.String(64)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_scenario"),
    )
    op.create_index("ix_scenario_owner", "scenario", ["owner"])
    op.create_index("ix_scenario_expires_at", "scenario", ["expires_at"])
    op.create_table(
        "version",
        sa.Column("scenario_id", sa.String(16), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("began_as", sa.Text),
        sa.Column("model_version", sa.String(40), nullable=False),
        sa.Column("ratio", sa.Double),
        sa.Column("saved_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("scenario_id", "number", name="pk_version"),
        sa.ForeignKeyConstraint(
            ["scenario_id"],
            ["scenario.id"],
            name="fk_version_scenario_id",
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    """Take the two tables away, with all that was saved."""
    op.drop_table("version")
    op.drop_table("scenario")
