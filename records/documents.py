"""The document store: files by the hash of their content, and a row for what each of them is."""

import hashlib
from datetime import datetime
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.documents import KeptDocument
from domain.errors import BadConfiguration, NotFound, Passing
from domain.model import Frozen
from records.database import Database
from records.tables import DocumentRow


class Subject(Frozen):
    """What a document is about: an order of a store, and the paper of the ERP (or another origin)."""

    connection: str
    order_id: str
    origin: str
    kind: str
    entry: str


def file_store(address: str) -> ObjectStore:
    """Open the store of a folder or of a URL such as `s3://bucket/prefix`.

    What a cloud store needs besides (keys, region, endpoint) is read from its usual variables.
    Raises `BadConfiguration`.
    """
    try:
        if "://" in address:
            return from_url(address)
        return LocalStore(Path(address).absolute(), mkdir=True)
    except (BaseError, ValueError, OSError) as problem:
        raise BadConfiguration(
            f"the document store {address} cannot be used: {type(problem).__name__}",
            field="documents.store",
            remedy="Name a folder that can be written, or a URL such as s3://bucket/prefix.",
        ) from None


class Documents:
    """Keeps files, each content once."""

    def __init__(self, database: Database, files: ObjectStore) -> None:
        self._database, self._files = database, files

    async def keep(self, subject: Subject, name: str, data: bytes, now: datetime) -> KeptDocument:
        """Keep a file of a subject; the same content again is the same version. The file comes first."""
        sha256 = hashlib.sha256(data).hexdigest()
        try:
            await obstore.put_async(self._files, _path(sha256), data)
        except (BaseError, OSError) as problem:
            raise Passing(f"the document store does not take files: {type(problem).__name__}") from None

        def note(session: Session) -> int:
            last = 0
            for row in session.scalars(_of(subject)):
                if row.sha256 == sha256:
                    return row.version
                last = row.version
            session.add(
                DocumentRow(
                    **subject.model_dump(),
                    version=last + 1,
                    sha256=sha256,
                    name=name,
                    size=len(data),
                    kept_at=now,
                )
            )
            return last + 1

        version = await self._database.write(note)
        return KeptDocument(sha256=sha256, name=name, size=len(data), version=version)

    async def read(self, sha256: str) -> bytes:
        """Return a file. Raises `NotFound`, or `Passing` when the store does not answer."""
        try:
            found = await obstore.get_async(self._files, _path(sha256))
            data = bytes(await found.bytes_async())
        except FileNotFoundError:
            raise NotFound("the document is not in the document store") from None
        except (BaseError, OSError) as problem:
            raise Passing(f"the document store does not answer: {type(problem).__name__}") from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise NotFound("the document in the document store was changed or is damaged")
        return data

    async def of_order(self, connection: str, order_id: str) -> tuple[tuple[str, KeptDocument], ...]:
        """Return the kinds and latest versions of an order's documents, in the order of their coming."""
        query = (
            select(DocumentRow)
            .where(col(DocumentRow.connection) == connection, col(DocumentRow.order_id) == order_id)
            .order_by(col(DocumentRow.kept_at), col(DocumentRow.version))
        )
        rows = await self._database.read(lambda session: session.scalars(query).all())
        latest = {(row.origin, row.kind, row.entry): row for row in rows}
        return tuple((row.kind, KeptDocument.model_validate(row.model_dump())) for row in latest.values())


def _of(subject: Subject) -> Select[DocumentRow]:
    return (
        select(DocumentRow)
        .where(
            col(DocumentRow.origin) == subject.origin,
            col(DocumentRow.kind) == subject.kind,
            col(DocumentRow.entry) == subject.entry,
            col(DocumentRow.connection) == subject.connection,
            col(DocumentRow.order_id) == subject.order_id,
        )
        .order_by(col(DocumentRow.version))
    )


def _path(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"
