"""Any Whoosh schema written by our codec answers as one written by Whoosh's own, score for score."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchidx import Article, Index
from searchidx.errors import IndexCorrupt
from searchidx.segment.parts import PartsFile
from searchidx.segment.whoosh_codec import ColumnarCodec  # silences Whoosh's warnings

from whoosh import analysis, columns, fields, formats, index, query, scoring, sorting  # isort: skip
from whoosh.codec.base import OutOfOrderError  # isort: skip
from whoosh.codec.whoosh3 import W3Codec  # isort: skip
from whoosh.filedb.filestore import RamStorage  # isort: skip
from whoosh.multiproc import MpWriter, SerialMpWriter  # isort: skip
from whoosh.query import spans  # isort: skip
from whoosh.writing import BufferedWriter  # isort: skip

Codec = Callable[[], Any]
WORDS = [
    *["court", "courts", "crime", "crimes", "minor", "govern", "governs", "governance", "judge"],
    *[
        "judges",
        "law",
        "lawful",
        "检察院",
        "法院",
        "轻罪",
        "治理",
        "naïve",
        "Œuvre",
        "straße",
        "x",
        "y",
    ],
    *(f"w{number}" for number in range(60)),
]
DAY = datetime(2024, 1, 1)


def schema() -> fields.Schema:
    characters = fields.FieldType(
        format=formats.Characters(), analyzer=analysis.SimpleAnalyzer(), scorable=True, stored=True
    )
    return fields.Schema(
        id=fields.ID(stored=True, unique=True, sortable=True),
        body=fields.TEXT(stored=True, vector=True),
        title=fields.TEXT(
            analyzer=analysis.StemmingAnalyzer(), spelling=True, stored=True, sortable=True
        ),
        chars=characters,
        tags=fields.KEYWORD(commas=True, scorable=True, lowercase=True, stored=True),
        kind=fields.ID(sortable=True),
        count=fields.NUMERIC(stored=True, sortable=True, signed=True),
        price=fields.NUMERIC(float, stored=True),  # Whoosh cannot sort by floats
        when=fields.DATETIME(stored=True, sortable=True),
        draft=fields.BOOLEAN(stored=True),
        grams=fields.NGRAM(minsize=2, maxsize=3),
        ngw=fields.NGRAMWORDS(minsize=2, maxsize=4),
        extra=fields.STORED,
        rank=fields.COLUMN(columns.NumericColumn("i")),
        refs=fields.COLUMN(columns.RefBytesColumn()),
        blob=fields.COLUMN(columns.VarBytesColumn()),
        flag=fields.COLUMN(columns.BitColumn()),
    )


def documents(count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Random documents in which any field but the id may lack."""
    chance = random.Random(seed)

    def text(most: int) -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(1, most)))

    made = []
    for number in range(count):
        record = {
            "body": text(90),
            "title": text(8),
            "chars": text(12),
            "tags": ",".join(chance.sample(["Law", "news", "忠告", "court order"], 2)),
            "kind": chance.choice(["a", "b", "c"]),
            "count": chance.randint(-50, 50),
            "price": chance.choice([0.5, 1.25, -3.0, 1e9]),
            "when": DAY + timedelta(days=chance.randint(0, 900), seconds=number),
            "draft": chance.random() < 0.5,
            "grams": text(3),
            "ngw": text(3),
            "extra": chance.choice(["x\ny", 5, 2.5, True, (1, "b"), {"k": [1]}, b"\x00", DAY]),
            "rank": chance.randint(-9, 9),
            "refs": chance.choice([b"one", b"two"]),
            "blob": text(5).encode(),
            "flag": chance.random() < 0.5,
        }
        kept = {name: value for name, value in record.items() if chance.random() < 0.9}
        if chance.random() < 0.2:
            kept["_boost"] = 1.5
        made.append({"id": f"d{number}", **kept})
    return made


def grown(storage: Any, codec: Codec, optimized: bool) -> index.FileIndex:
    """An index with a history: several commits, updates, deletions, and perhaps a merge of all."""
    opened = storage.create_index(schema())
    made = documents(260)
    for start in (0, 160, 200, 230):
        end = {0: 160, 160: 200, 200: 230, 230: 260}[start]
        with opened.writer(codec=codec()) as writer:
            writer.merge = False
            for record in made[start:end]:
                writer.add_document(**record)
    with opened.writer(codec=codec()) as writer:
        writer.merge = False
        writer.delete_by_term("id", "d3")
        writer.delete_by_query(query.NumericRange("count", 40, None))
        writer.update_document(id="d5", body="court replaced", count=1, rank=3)
        writer.update_document(id="d205", title="governing", kind="b")
    if optimized:
        writer = opened.writer(codec=codec())
        writer.add_document(id="late", body="late court minor crime", kind="c")
        writer.commit(optimize=True)
    return opened


Pair = tuple[index.FileIndex, index.FileIndex]


@pytest.fixture(scope="module", params=["segments", "optimized"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """The same history written by Whoosh's codec and by ours."""
    made = []
    for name, codec in (("own", W3Codec), ("ours", ColumnarCodec)):
        directory = tmp_path_factory.mktemp(f"{name}-{request.param}")
        storage = index.create_in(str(directory), schema()).storage
        made.append(grown(storage, codec, request.param == "optimized"))
    return made[0], made[1]


QUERIES = {
    "term": query.Term("body", "court"),
    "stemmed": query.Term("title", "govern"),
    "chinese": query.Term("body", "检察院"),
    "keyword": query.Term("tags", "court order"),
    "absent": query.Term("body", "unseen"),
    "absent field": query.Term("grams", "zzzz"),
    "and": query.And([query.Term("body", "w1"), query.Term("body", "w2")]),
    "or": query.Or([query.Term("body", f"w{n}") for n in range(6)]),
    "not": query.And([query.Term("body", "w1"), query.Not(query.Term("body", "court"))]),
    "andmaybe": query.AndMaybe(query.Term("body", "w3"), query.Term("title", "w4")),
    "dismax": query.DisjunctionMax([query.Term("body", "w3"), query.Term("title", "w3")]),
    "phrase": query.Phrase("body", ["court", "minor"], slop=4),
    "near": spans.SpanNear(query.Term("chars", "w1"), query.Term("chars", "w2"), slop=6),
    "first": spans.SpanFirst(query.Term("body", "court"), limit=3),
    "prefix": query.Prefix("body", "go"),
    "wildcard": query.Wildcard("body", "c*t?"),
    "regex": query.Regex("body", "w[1-3]+"),
    "fuzzy": query.FuzzyTerm("body", "curt", maxdist=2),
    "range of terms": query.TermRange("body", "crime", "govern", endexcl=True),
    "range of numbers": query.NumericRange("count", -10, 12),
    "range of floats": query.NumericRange("price", 0.0, 2.0),
    "range of dates": query.DateRange("when", DAY, DAY + timedelta(days=200)),
    "truth": query.Term("draft", True),
    "every": query.Every(),
    "every of a field": query.Every("kind"),
    "grams": query.Term("grams", "ri"),
    "ngram words": query.Term("ngw", "cour"),
    "variations": query.Variations("body", "judge"),
    "constant": query.ConstantScoreQuery(query.Term("body", "w9"), 2.0),
}


def answers(searcher: Any, asked: query.Query, **options: Any) -> list[tuple[int, float]]:
    hits = searcher.search(asked, **options)
    return [(hit.docnum, hit.score) for hit in hits]


@pytest.mark.parametrize("name", QUERIES)
def test_searches_give_the_same_documents_and_scores(pair: Pair, name: str) -> None:
    for weighting in (scoring.BM25F(), scoring.TF_IDF(), scoring.Frequency()):
        with (
            pair[0].searcher(weighting=weighting) as own,
            pair[1].searcher(weighting=weighting) as ours,
        ):
            for options in ({"limit": None}, {"limit": 7}, {"limit": 3, "optimize": False}):
                found = answers(ours, QUERIES[name], **options)
                assert found == answers(own, QUERIES[name], **options)
                assert (found == []) == name.startswith("absent")


SORTS = {
    "number": "count",
    "float": "price",
    "date": "when",
    "word": "kind",
    "text": "title",
    "column": "rank",
    "reversed": sorting.FieldFacet("count", reverse=True),
    "several": [sorting.FieldFacet("kind"), sorting.FieldFacet("rank", reverse=True)],
}


@pytest.mark.parametrize("name", SORTS)
def test_sorting_is_the_same(pair: Pair, name: str) -> None:
    for limit in (None, 10):
        found = [
            [
                hit.docnum
                for hit in opened.searcher().search(
                    query.Or([query.Term("body", "w1"), query.Every("body")]),
                    sortedby=SORTS[name],
                    limit=limit,
                )
            ]
            for opened in pair
        ]
        assert found[0] == found[1] and found[0]


@pytest.mark.parametrize("facet", ["kind", "count", "draft", "tags"])
def test_groups_are_the_same(pair: Pair, facet: str) -> None:
    groups = []
    for opened in pair:
        with opened.searcher() as searcher:
            overlapping = sorting.FieldFacet(facet, allow_overlap=facet == "tags")
            groups.append(searcher.search(query.Every(), groupedby={"g": overlapping}).groups("g"))
    assert groups[0] == groups[1]


def every_posting(reader: Any) -> Iterator[tuple[Any, ...]]:
    for field, text in reader.all_terms():
        if field not in reader.schema:
            continue
        matcher = reader.postings(field, text)
        while matcher.is_active():
            places = matcher.value_as("positions") if matcher.supports("positions") else None
            # Whoosh's own codec cuts the values of words for spelling to four bytes.
            value = b"" if field.startswith("spell_") else matcher.value() or b""
            yield field, text, matcher.id(), matcher.weight(), value, places
            matcher.next()


def test_lexicon_postings_and_term_statistics_are_the_same(pair: Pair) -> None:
    own, ours = (opened.reader() for opened in pair)
    assert list(ours.all_terms()) == list(own.all_terms())
    assert sorted(ours.indexed_field_names()) == sorted(own.indexed_field_names())
    assert list(every_posting(ours)) == list(every_posting(own))
    infos = [
        [(term, {k: v for k, v in vars(info).items() if k.startswith("_") and k in KNOWN})
         for term, info in reader]
        for reader in (own, ours)
    ]  # fmt: skip
    assert infos[0] == infos[1]
    for field, text in [("body", b"court"), ("title", b"govern"), ("body", b"unseen")]:
        assert ((field, text) in ours) == ((field, text) in own)
        assert ours.doc_frequency(field, text) == own.doc_frequency(field, text)
        assert ours.frequency(field, text) == own.frequency(field, text)
    for start in ("", "co", "crimez", "检", "\uffff"):
        assert list(ours.terms_from("body", start)) == list(own.terms_from("body", start))
        assert list(ours.expand_prefix("body", start)) == list(own.expand_prefix("body", start))
        assert [t for t, _ in ours.iter_field("body", start)] == [
            t for t, _ in own.iter_field("body", start)
        ]


KNOWN = {"_weight", "_df", "_minlength", "_maxlength", "_maxweight", "_minid", "_maxid"}


def test_stored_fields_lengths_columns_and_vectors_are_the_same(pair: Pair) -> None:
    own, ours = (opened.reader() for opened in pair)
    assert ours.doc_count() == own.doc_count() and ours.doc_count_all() == own.doc_count_all()
    assert list(ours.all_doc_ids()) == list(own.all_doc_ids())
    assert list(ours.iter_docs()) == list(own.iter_docs())
    types = {type(stored.get("extra")) for stored in ours.all_stored_fields()}
    assert types >= {str, int, float, bool, tuple, dict, bytes, datetime}
    for name in schema().names():
        assert ours.field_length(name) == own.field_length(name)
        for doc in range(ours.doc_count_all()):
            length = own.doc_field_length(doc, name, 0) or 0
            assert ours.doc_field_length(doc, name, 0) == length
        for (mine, _), (theirs, _) in zip(ours.leaf_readers(), own.leaf_readers(), strict=True):
            if mine.field_length(name):  # where it is zero, Whoosh's own codec raises TypeError
                assert mine.max_field_length(name) == theirs.max_field_length(name) > 0
                assert mine.min_field_length(name) == theirs.min_field_length(name)
            else:
                assert mine.max_field_length(name) == mine.min_field_length(name) == 0
        if schema()[name].column_type:
            assert ours.has_column(name) and own.has_column(name)
            kept = [list(r.column_reader(name, translate=False)) for r in (ours, own)]
            assert kept[0] == kept[1]
    for doc in range(ours.doc_count_all()):
        assert ours.has_vector(doc, "body") == own.has_vector(doc, "body")
        if ours.has_vector(doc, "body"):
            vectors = [list(r.vector_as("frequency", doc, "body")) for r in (ours, own)]
            assert vectors[0] == vectors[1]
            weights = [list(r.vector_as("weight", doc, "body")) for r in (ours, own)]
            assert weights[0] == weights[1]


def test_spelling_is_the_same(pair: Pair) -> None:
    for field, word in [("title", "goverance"), ("title", "curt"), ("body", "jugde")]:
        with pair[0].searcher() as own, pair[1].searcher() as ours:
            expected = own.suggest(field, word, limit=5, maxdist=2)
            assert ours.suggest(field, word, limit=5, maxdist=2) == expected
            assert expected
            key, more = own.key_terms([1, 2], "body"), ours.key_terms([1, 2], "body")
            assert key == more


small_documents = st.lists(
    st.fixed_dictionaries(
        {"t": st.lists(st.sampled_from("abcdef"), max_size=14).map(" ".join)},
        optional={"n": st.integers(-5, 300), "k": st.sampled_from(["x", "y", ""])},
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(batches=st.lists(small_documents, min_size=1, max_size=4), gone=st.sets(st.integers(0, 20)))
def test_any_documents_in_any_batches(batches: list[list[dict[str, Any]]], gone: set[int]) -> None:
    made = fields.Schema(
        t=fields.TEXT(stored=True, vector=True, analyzer=analysis.SimpleAnalyzer()),
        n=fields.NUMERIC(sortable=True, stored=True),
        k=fields.ID(sortable=True),
    )
    indexes = []
    for codec in (W3Codec, ColumnarCodec):
        opened = RamStorage().create_index(made.copy())
        for batch in batches:
            with opened.writer(codec=codec()) as writer:
                for record in batch:
                    writer.add_document(**record)
        with opened.writer(codec=codec()) as writer:
            for doc in gone:
                if doc < opened.doc_count_all():
                    writer.delete_document(doc)
        indexes.append(opened)
    for merged in (False, True):
        if merged:
            for opened, codec in zip(indexes, (W3Codec, ColumnarCodec), strict=True):
                opened.optimize(codec=codec())
        own, ours = (opened.searcher() for opened in indexes)
        assert list(every_posting(ours.reader())) == list(every_posting(own.reader()))
        assert list(ours.reader().iter_docs()) == list(own.reader().iter_docs())
        for asked in (
            query.Term("t", "a"),
            query.Or([query.Term("t", "a"), query.Term("t", "b"), query.Term("k", "x")]),
            query.And([query.Term("t", "c"), query.Not(query.Term("t", "d"))]),
            query.Phrase("t", ["a", "b"]),
            query.NumericRange("n", 0, 100),
        ):
            for limit in (None, 2):
                assert answers(ours, asked, limit=limit) == answers(own, asked, limit=limit)


@pytest.mark.parametrize("limit", [5, 128])
def test_a_run_of_many_blocks_is_walked_skipped_and_ranked_alike(limit: int) -> None:
    chance = random.Random(5)
    made = fields.Schema(t=fields.TEXT(analyzer=analysis.SimpleAnalyzer()))
    texts = [
        " ".join(chance.choices(["a", "b", "c", "d"], [9, 3, 1, 1], k=chance.randint(1, 40)))
        for _ in range(1000)
    ]
    searchers = []
    for codec in (W3Codec, ColumnarCodec):
        opened = RamStorage().create_index(made)
        with opened.writer(codec=codec(blocklimit=limit)) as writer:
            for text in texts:
                writer.add_document(t=text)
        searchers.append(opened.searcher())
    own, ours = searchers
    for asked in (
        query.Term("t", "a"),
        query.And([query.Term("t", "a"), query.Term("t", "d")]),
        query.Or([query.Term("t", "c"), query.Term("t", "d")]),
        query.Phrase("t", ["c", "d"]),
    ):
        for most in (1, 10, None):
            assert answers(ours, asked, limit=most) == answers(own, asked, limit=most)
    walkers = [searcher.reader().postings("t", "c") for searcher in searchers]
    for target in sorted(chance.sample(range(1000), 80)):
        for walker in walkers:
            if walker.is_active():
                walker.skip_to(target)
        states = [(w.id(), w.weight(), w.value()) if w.is_active() else None for w in walkers]
        assert states[0] == states[1]


def test_segments_of_both_codecs_live_in_one_index_and_merge_either_way(tmp_path: Path) -> None:
    mixed = index.create_in(str(tmp_path), schema())
    own = RamStorage().create_index(schema())
    made = documents(90)
    for start, codec in ((0, W3Codec), (30, ColumnarCodec), (60, W3Codec)):
        for opened, used in ((mixed, codec), (own, W3Codec)):
            with opened.writer(codec=used()) as writer:
                writer.merge = False
                for record in made[start : start + 30]:
                    writer.add_document(**record)
    assert found(mixed) == found(own)
    for codec in (ColumnarCodec, W3Codec):
        mixed.optimize(codec=codec())
        own.optimize(codec=W3Codec())
        assert found(mixed) == found(own)
        suffixes = {path.suffix for path in tmp_path.glob("MAIN_*.*")}
        assert suffixes == ({".parts"} if codec is ColumnarCodec else {".seg"})


def found(opened: index.FileIndex) -> Any:
    """Documents and scores of all queries, by the documents' ids."""
    with opened.searcher() as searcher:
        return [
            sorted((hit["id"], hit.score) for hit in searcher.search(asked, limit=None))
            for asked in QUERIES.values()
        ]


@pytest.mark.parametrize("how", ["buffered", "serial", "processes", "segments of processes"])
def test_other_writers_of_whoosh(tmp_path: Path, how: str) -> None:
    made = documents(60)
    answered = []
    for name, codec in (("own", W3Codec()), ("ours", ColumnarCodec())):
        (tmp_path / name).mkdir()
        opened = index.create_in(str(tmp_path / name), schema())
        several = how.startswith("segments")
        if how == "buffered":
            writer = BufferedWriter(opened, period=None, limit=7, writerargs={"codec": codec})
        elif how == "serial":
            writer = SerialMpWriter(opened, procs=2, codec=codec)
        else:
            writer = MpWriter(opened, procs=2, batchsize=30, multisegment=several, codec=codec)
        for record in made:
            if how == "buffered":  # Whoosh's own segments in memory cannot read such columns
                record.pop("refs", None)
            writer.add_document(**record)
        if how == "buffered":
            writer.close()
        else:
            writer.commit()
        answered.append(found(opened))
    assert {path.suffix for path in (tmp_path / "ours").glob("MAIN_*.*")} == {".parts"}
    if how in ("buffered", "serial"):
        assert answered[1] == answered[0]
    else:  # which process gets which documents is chance, and scores are by segment
        ids = [[[one for one, _ in hits] for hits in answers] for answers in answered]
        assert ids[1] == ids[0]


def test_a_segment_is_one_sound_file_and_old_readers_outlive_it(tmp_path: Path) -> None:
    opened = grown(index.create_in(str(tmp_path), schema()).storage, ColumnarCodec, False)
    paths = list(tmp_path.glob("MAIN_*.*"))
    assert len(paths) == 5 and {path.suffix for path in paths} == {".parts"}
    assert [PartsFile(path).damaged() for path in paths] == [[]] * 5
    with opened.searcher() as searcher:
        before = found(opened)
        opened.optimize(codec=ColumnarCodec())
        assert len(list(tmp_path.glob("MAIN_*.*"))) == 1
        hits = searcher.search(QUERIES["term"], limit=None)
        assert len(hits) == len(before[list(QUERIES).index("term")]) > 0


def test_a_missing_or_broken_file_is_told(tmp_path: Path) -> None:
    opened = index.create_in(str(tmp_path), fields.Schema(t=fields.TEXT))
    with opened.writer(codec=ColumnarCodec()) as writer:
        writer.add_document(t="court")
    [path] = tmp_path.glob("MAIN_*.parts")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(IndexCorrupt, match=path.name):
        opened.reader()
    path.unlink()
    with pytest.raises(FileNotFoundError, match=path.name):
        opened.reader()


def test_cancelled_and_empty_writers_leave_the_index_as_it_was(tmp_path: Path) -> None:
    opened = index.create_in(str(tmp_path), fields.Schema(t=fields.TEXT(stored=True)))
    with opened.writer(codec=ColumnarCodec()) as writer:
        writer.add_document(t="court")
    writer = opened.writer(codec=ColumnarCodec())
    writer.add_document(t="court")
    writer.cancel()
    assert opened.doc_count() == 1
    opened.writer(codec=ColumnarCodec()).commit()
    assert opened.doc_count() == 1 and len(list(tmp_path.glob("*.parts"))) == 1
    with opened.writer(codec=ColumnarCodec()) as writer:
        writer.delete_by_term("t", "court")
        writer.optimize = True
    assert opened.doc_count_all() == 0
    with opened.searcher() as searcher:
        assert len(searcher.search(query.Every())) == 0


def test_a_deletion_can_be_taken_back() -> None:
    opened = RamStorage().create_index(fields.Schema(t=fields.TEXT))
    with opened.writer(codec=ColumnarCodec()) as writer:
        writer.add_document(t="court")
        writer.add_document(t="court")
    with opened.writer(codec=ColumnarCodec()) as writer:
        writer.delete_document(0)
        writer.delete_document(1)
        assert writer.deleted_count() == 2 and writer.is_deleted(0)
        writer.delete_document(0, delete=False)
    with opened.searcher() as searcher:
        assert list(searcher.docs_for_query(query.Term("t", "court"))) == [0]


def test_a_column_added_later_is_read_and_merged(tmp_path: Path) -> None:
    opened = index.create_in(str(tmp_path), fields.Schema(id=fields.ID(stored=True)))
    for ids in ("ca", "bd"):
        with opened.writer(codec=ColumnarCodec()) as writer:
            writer.merge = False
            for one in ids:
                writer.add_document(id=one)
    with opened.writer(codec=ColumnarCodec()) as writer:
        writer.merge = False
        sorting.add_sortable(writer, "id", sorting.StoredFieldFacet("id"))
    for _ in range(2):
        with opened.searcher() as searcher:
            assert all(reader.has_column("id") for reader, _ in searcher.reader().leaf_readers())
            hits = searcher.search(query.Every(), sortedby="id")
            assert [hit["id"] for hit in hits] == list("abcd")
        opened.optimize(codec=ColumnarCodec())
    assert {path.suffix for path in tmp_path.glob("MAIN_*.*")} == {".parts"}


def test_lengths_can_be_kept_exact() -> None:
    lengths = []
    for codec in (ColumnarCodec(), ColumnarCodec(exact_lengths=True)):
        opened = RamStorage().create_index(fields.Schema(t=fields.TEXT(phrase=False)))
        with opened.writer(codec=codec) as writer:
            writer.add_document(t="court " * 111)
        with opened.reader() as reader:
            info = reader.term_info("t", "court")
            assert reader.field_length("t") == 111
            assert reader.max_field_length("t") == info.min_length() == info.max_length()
            lengths.append(reader.doc_field_length(0, "t"))
    assert lengths == [114, 111]


def test_an_index_of_articles_is_not_written_by_whoosh(tmp_path: Path) -> None:
    Index.create(tmp_path).add([Article("Minor crimes", "Courts govern.", id="a")])
    with pytest.raises(NotImplementedError, match=r"searchidx\.Index"):
        index.open_dir(str(tmp_path)).writer(codec=ColumnarCodec())


def test_a_document_that_whoosh_rejects_half_way_leaves_the_others_readable() -> None:
    opened = RamStorage().create_index(
        fields.Schema(a=fields.TEXT(stored=True, sortable=True), n=fields.NUMERIC(sortable=True))
    )
    with opened.writer(codec=ColumnarCodec()) as writer:
        writer.add_document(a="court", n=1)
    for end in ("cancel", "commit"):
        writer = opened.writer(codec=ColumnarCodec())
        writer.merge = False
        writer.add_document(a="court judge", n=2)
        with pytest.raises(ValueError, match="number"):
            writer.add_document(a="crime", n="number")
        with pytest.raises(ValueError, match="not finished"):
            writer.add_document(a="crime", n=3)
        getattr(writer, end)()
    assert opened.doc_count() == 2
    with opened.searcher() as searcher:
        hits = searcher.search(query.Term("a", "court"), sortedby="n", reverse=True)
        assert [hit["a"] for hit in hits] == ["court judge", "court"]
        hits = searcher.search(query.Term("a", "court"), sortedby="a")
        assert [hit["a"] for hit in hits] == ["court", "court judge"]


def test_the_writers_of_a_segment_can_come_one_after_the_other() -> None:
    storage = RamStorage()
    codec = ColumnarCodec()
    segment = codec.new_segment(storage, "X")
    docs = codec.per_document_writer(storage, segment)
    docs.start_doc(0)
    docs.add_field("t", None, "court", 1)
    docs.finish_doc()
    docs.close()
    segment.set_doc_count(1)
    posts = codec.field_writer(storage, segment)
    reader = codec.per_document_reader(storage, segment)
    posts.add_postings(fields.Schema(t=fields.TEXT), reader, [("t", b"court", 0, 1.0, None)])
    posts.close()
    assert len(storage.list()) == 1
    assert codec.per_document_reader(storage, segment).stored_fields(0) == {"t": "court"}
    terms = codec.terms_reader(storage, segment)
    assert list(terms.terms()) == [("t", b"court")]
    assert terms.term_info("t", b"court").min_length() == 1


def test_misuse_of_the_writers_is_told() -> None:
    storage = RamStorage()
    codec = ColumnarCodec()
    segment = codec.new_segment(storage, "X")
    docs = codec.per_document_writer(storage, segment)
    with pytest.raises(ValueError, match="start_doc"):
        docs.add_field("t", None, "a", 1)
    with pytest.raises(ValueError, match="0 is next"):
        docs.start_doc(1)
    docs.start_doc(0)
    with pytest.raises(ValueError, match="not finished"):
        docs.start_doc(1)
    posts = codec.field_writer(storage, segment)
    with pytest.raises(ValueError, match="start_field"):
        posts.start_term(b"a")
    posts.start_field("t", None)
    with pytest.raises(ValueError, match="once"):
        posts.start_field("u", None)
    posts.start_term(b"b")
    posts.add(0, 1.0, b"", 1)
    posts.finish_term()
    with pytest.raises(OutOfOrderError):
        posts.start_term(b"a")
    posts.finish_field()
    docs.close()
    posts.close()
    assert list(codec.terms_reader(storage, segment).terms()) == [("t", b"b")]
    reader = codec.per_document_reader(storage, segment)
    with pytest.raises(ValueError, match="no vector"):
        reader.vector(0, "t", None)
