"""The engines that are measured side by side, each asked for the same ten best articles.

All index a stemmed title and body with positions (bm25s has none) and store the text. Every
method gives the number of hits that it got, so that nothing is skipped. ``answer`` returns None
where an engine has no such query.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from news import Query

__all__ = ["ENGINES", "Engine"]

Record = dict[str, Any]

SNIPPETS = {"one snippet": 1, "snippets": 3}
"""Sentences that searchidx shows of each hit; the others make one fragment in both classes."""


class Engine:
    """One engine over one directory."""

    name: ClassVar[str]
    # What it can be given in reasonable time.
    most_articles: ClassVar[int | None] = None
    rounds: ClassVar[int | None] = None

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def build(self, records: Sequence[Any], workers: int) -> None:
        raise NotImplementedError

    def open(self) -> None:
        raise NotImplementedError

    def answer(self, query: Query) -> int | None:
        raise NotImplementedError

    @staticmethod
    def prepared(records: Sequence[Record]) -> Sequence[Any]:
        """The records as this engine's users hold them before they index: not timed."""
        return records

    @property
    def size(self) -> int:
        """Bytes of the index on disk."""
        return sum(path.stat().st_size for path in self.directory.rglob("*") if path.is_file())


def _as_typed(query: Query) -> str:
    """The query in the syntax that searchidx and Whoosh have in common."""
    words = query.words
    return {
        "and": " AND ".join(words),
        "phrase": f'"{" ".join(words)}"',
        "proximity": f'"{" ".join(words)}"~5',
        "prefix": f"{words[0]}*",
        "fuzzy 1": f"{words[0]}~1",
        "fuzzy 2": f"{words[0]}~2",
    }.get(query.kind, " ".join(words))


class Searchidx(Engine):
    name = "searchidx"

    @staticmethod
    def prepared(records: Sequence[Record]) -> Sequence[Any]:
        from searchidx import Article

        return [Article.from_dict(record) for record in records]

    def build(self, records: Sequence[Any], workers: int) -> None:
        from searchidx import Index

        Index.create(self.directory).add(records, processes=workers)

    def open(self) -> None:
        from searchidx import Index

        self._index = Index.open(self.directory)

    def answer(self, query: Query) -> int | None:
        results = self._index.search(
            _as_typed(query),
            limit=10,
            snippets=SNIPPETS.get(query.kind, 0),
            sort="newest" if query.kind == "newest" else "relevance",
            since=query.since,
            until=query.until,
        )
        return len([hit.score for hit in results])


class Tantivy(Engine):
    name = "tantivy"

    def _schema(self) -> Any:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        builder.add_text_field("title", stored=True, tokenizer_name="en_stem")
        builder.add_text_field("body", stored=True, tokenizer_name="en_stem")
        builder.add_date_field("date", stored=True, indexed=True, fast=True)
        return builder.build()

    def build(self, records: Sequence[Record], workers: int) -> None:
        import datetime as dt

        import tantivy

        index = tantivy.Index(self._schema(), path=str(self.directory))
        writer = index.writer(heap_size=400_000_000, num_threads=workers)
        for record in records:
            document = tantivy.Document(id=record["id"], title=record["title"], body=record["body"])
            if record.get("date"):
                document.add_date("date", dt.datetime.fromisoformat(record["date"][:10]))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> None:
        import tantivy

        self._index = tantivy.Index.open(str(self.directory))
        self._searcher = self._index.searcher()
        self._made = self._schema()

    def answer(self, query: Query) -> int | None:
        import tantivy

        words = query.words
        if query.kind.startswith("fuzzy"):
            asked = tantivy.Query.fuzzy_term_query(
                self._made,
                "body",
                words[0],
                distance=int(query.kind[-1]),
                transposition_cost_one=True,
            )
        elif query.kind == "prefix":
            asked = tantivy.Query.regex_query(self._made, "body", f"{words[0]}.*")
        else:
            text = {
                "and": " AND ".join(words),
                "phrase": f'"{" ".join(words)}"',
                "proximity": f'"{" ".join(words)}"~5',
            }.get(query.kind, " ".join(words))
            if query.since and query.until:
                text = f"+({text}) +date:[{query.since}T00:00:00Z TO {query.until}T23:59:59Z]"
            asked = self._index.parse_query(text, ["title", "body"])
        if query.kind == "newest":
            found = self._searcher.search(asked, 10, order_by_field="date").hits
        else:
            found = self._searcher.search(asked, 10).hits
        if query.kind in SNIPPETS:
            snippets = tantivy.SnippetGenerator.create(self._searcher, asked, self._made, "body")
            for _, address in found:
                snippets.snippet_from_doc(self._searcher.doc(address)).to_html()
        return len(found)


class Fts5(Engine):
    name = "SQLite FTS5"

    def build(self, records: Sequence[Record], workers: int) -> None:
        with sqlite3.connect(self.directory / "fts.db") as connection:
            connection.execute(
                "CREATE VIRTUAL TABLE news USING fts5"
                "(id UNINDEXED, date UNINDEXED, title, body, tokenize='porter unicode61')"
            )
            connection.executemany(
                "INSERT INTO news VALUES (?, ?, ?, ?)",
                ((r["id"], r.get("date"), r["title"], r["body"]) for r in records),
            )

    def open(self) -> None:
        self._connection = sqlite3.connect(self.directory / "fts.db")

    def answer(self, query: Query) -> int | None:
        words = query.words
        if query.kind.startswith("fuzzy"):
            return None
        text = {
            "and": " AND ".join(words),
            "phrase": f'"{" ".join(words)}"',
            "proximity": f"NEAR({' '.join(words)}, 5)",
            "prefix": f"{words[0]}*",
        }.get(query.kind, " OR ".join(words))
        shown = "snippet(news, 3, '<b>', '</b>', '…', 30)" if query.kind in SNIPPETS else "id"
        where = ""
        values: list[str] = [text]
        if query.since and query.until:
            where = " AND date BETWEEN ? AND ?"
            values += [query.since.isoformat(), query.until.isoformat()]
        order = "date DESC" if query.kind == "newest" else "bm25(news)"
        sql = f"SELECT {shown} FROM news WHERE news MATCH ?{where} ORDER BY {order} LIMIT 10"
        return len(self._connection.execute(sql, values).fetchall())


class Whoosh(Engine):
    name = "Whoosh"
    most_articles = 20_000
    rounds = 1

    def build(self, records: Sequence[Record], workers: int) -> None:
        import datetime as dt

        from whoosh import analysis, fields, index

        text = fields.TEXT(analyzer=analysis.StemmingAnalyzer(), stored=True)
        schema = fields.Schema(
            id=fields.ID(stored=True), title=text, body=text, date=fields.DATETIME(sortable=True)
        )
        writer = index.create_in(str(self.directory), schema).writer(limitmb=256)
        for record in records:
            day = dt.datetime.fromisoformat(record["date"][:10]) if record.get("date") else None
            writer.add_document(
                id=record["id"], title=record["title"], body=record["body"], date=day
            )
        writer.commit()

    def open(self) -> None:
        from whoosh import index, qparser
        from whoosh.qparser import plugins

        self._index = index.open_dir(str(self.directory))
        self._searcher = self._index.searcher()
        self._parser = qparser.MultifieldParser(
            ["title", "body"], self._index.schema, group=qparser.OrGroup
        )
        self._parser.add_plugin(plugins.FuzzyTermPlugin())

    def answer(self, query: Query) -> int | None:
        if query.kind in ("by date", "newest"):
            return None
        found = self._searcher.search(self._parser.parse(_as_typed(query)), limit=10)
        if query.kind in SNIPPETS:
            for hit in found:
                hit.highlights("body")
        return len(found)


class Bm25s(Engine):
    name = "bm25s"

    def build(self, records: Sequence[Record], workers: int) -> None:
        import bm25s
        import Stemmer

        texts = [f"{record['title']}\n{record['body']}" for record in records]
        tokens = bm25s.tokenize(texts, stemmer=Stemmer.Stemmer("english"), show_progress=False)
        retriever = bm25s.BM25()
        retriever.index(tokens, show_progress=False)
        retriever.save(str(self.directory))

    def open(self) -> None:
        import bm25s
        import Stemmer

        self._retriever = bm25s.BM25.load(str(self.directory), mmap=True)
        self._stemmer = Stemmer.Stemmer("english")

    def answer(self, query: Query) -> int | None:
        import bm25s

        if query.kind not in ("one word", "or", "common words"):
            return None
        tokens = bm25s.tokenize(" ".join(query.words), stemmer=self._stemmer, show_progress=False)
        found, _ = self._retriever.retrieve(tokens, k=10, show_progress=False)
        return int(found.size)


ENGINES: dict[str, type[Engine]] = {
    engine.name: engine for engine in (Searchidx, Tantivy, Whoosh, Fts5, Bm25s)
}
