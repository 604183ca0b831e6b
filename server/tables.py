"""The two tables of saved scenarios."""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(column_0_label)s",
    }
)

SCENARIO = Table(
    "scenario",
    METADATA,
    Column("id", String(16), primary_key=True),
    # Who may edit it: whoever holds the key of this hash, or the account of this pseudonym.
    Column("key_hash", String(64)),
    Column("owner", String(64)),
    Column("created_at", BigInteger, nullable=False),  # seconds since 1970, as all times here
    Column("expires_at", BigInteger),
    Index("ix_scenario_owner", "owner"),
    Index("ix_scenario_expires_at", "expires_at"),
)

VERSION = Table(
    "version",
    METADATA,
    Column("scenario_id", String(16), ForeignKey("scenario.id", ondelete="CASCADE")),
    Column("number", Integer),
    Column("name", String(120), nullable=False),
    Column("document", Text, nullable=False),
    # The case that it was made of; empty where that is the document itself.
    Column("began_as", Text),
    # What the tables that every case shares said that day, by the addresses of ``ui.ledger``; empty
    # where it was saved before this was kept.
    Column("tables", Text),
    Column("model_version", String(40), nullable=False),
    Column("ratio", Double),  # what it gave that day; empty where it gave none
    Column("saved_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("scenario_id", "number", name="pk_version"),
)
