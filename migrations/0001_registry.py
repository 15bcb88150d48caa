"""The registry: records, history and search, in one file that people can read.

Triggers are not written here: `heritage.store.triggers` makes them from the
tables, so that they can never lag behind a column.
"""

from __future__ import annotations

from sqlite_utils import Database

ID = "CHECK (length({0}) <= 200 AND {0} GLOB '[A-Za-z0-9]*' AND {0} NOT GLOB '*[^A-Za-z0-9._~-]*')"
ACCESS = "TEXT NOT NULL DEFAULT 'public' CHECK (access IN ('public', 'restricted', 'withheld'))"
CONFIDENCE = "TEXT CHECK (confidence IN ('definite', 'high', 'medium', 'low', 'negligible'))"


def _id(name: str = "id") -> str:
    return f"{name} TEXT PRIMARY KEY NOT NULL {ID.format(name)}"


def _date(name: str, *, required: bool = False) -> str:
    """Three columns: as written, and the first and last day it may mean.

    The characters are those of EDTF, and what looks like 03/04/2015, 30.08.2015
    or 20150830 is refused. Days are ISO text within the years 1 to
    9999; for years before, '-' and the nines' complement; for years after, 'Y'
    and the count of digits: so text order is order in time.
    """
    first, last = f"{name}_earliest", f"{name}_latest"
    return f"""{name} TEXT {"NOT NULL " if required else ""}CHECK (
        {name} NOT GLOB '*[^]0-9XYESTZ:+.,/?~%{{}}[-]*' AND {name} GLOB '*[0-9X]*'
        AND {name} NOT GLOB '*/*/*' AND replace({name}, '..', '') NOT GLOB '*.*'
        AND {name} NOT GLOB '[0-9][^0-9X]*' AND {name} NOT GLOB '[0-9][0-9][^0-9X]*'
        AND ({name} GLOB '*Y*' OR {name} NOT GLOB '*[0-9][0-9][0-9][0-9][0-9]*')),
    {first} TEXT CHECK ({first} GLOB '*-[01][0-9]-[0-3][0-9]'),
    {last} TEXT CHECK ({last} GLOB '*-[01][0-9]-[0-3][0-9]'
        AND ({first} IS NULL OR {first} <= {last}))"""


VERSIONED = """version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
    change INTEGER REFERENCES changes(id)"""

TABLES = f"""
CREATE TABLE changes (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL CHECK (at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T*Z'),
    by TEXT,
    why TEXT,
    origin TEXT NOT NULL CHECK (origin IN ('registry', 'load', 'outside')),
    dataset TEXT
) STRICT;

CREATE TABLE history (
    seq INTEGER PRIMARY KEY,
    change INTEGER NOT NULL REFERENCES changes(id),
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    version INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    op TEXT NOT NULL CHECK (op IN ('insert', 'update', 'delete')),
    before TEXT CHECK (before IS NULL OR json_valid(before)),
    after TEXT CHECK (after IS NULL OR json_valid(after))
) STRICT;
CREATE INDEX history_record ON history(record, kind);
CREATE INDEX history_change ON history(change);

CREATE TABLE sources (
    {_id()},
    title TEXT NOT NULL CHECK (trim(title) <> ''),
    publisher TEXT,
    author TEXT,
    {_date("published")},
    {_date("accessed")},
    url TEXT CHECK ((url GLOB 'http://?*' OR url GLOB 'https://?*') AND url NOT GLOB '* *'),
    archived_url TEXT CHECK ((archived_url GLOB 'http://?*' OR archived_url GLOB 'https://?*')
        AND archived_url NOT GLOB '* *'),
    language TEXT,
    kind TEXT,
    tier INTEGER CHECK (tier BETWEEN 0 AND 3),
    note TEXT,
    access {ACCESS},
    search_text TEXT,
    {VERSIONED}
) STRICT;

CREATE TABLE source_relies_on (
    source TEXT NOT NULL REFERENCES sources(id) ON DELETE CASCADE ON UPDATE CASCADE,
    relies_on TEXT NOT NULL REFERENCES sources(id) ON UPDATE CASCADE,
    PRIMARY KEY (source, relies_on),
    CHECK (source <> relies_on)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_relies_on_relies_on ON source_relies_on(relies_on);

CREATE TABLE actors (
    {_id()},
    name TEXT,
    kind TEXT NOT NULL,
    role TEXT,
    access {ACCESS},
    search_text TEXT,
    {VERSIONED}
) STRICT;

CREATE TABLE actor_names (
    actor TEXT NOT NULL REFERENCES actors(id) ON DELETE CASCADE ON UPDATE CASCADE,
    text TEXT NOT NULL CHECK (trim(text) <> ''),
    language TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (actor, kind, language, text)
) STRICT, WITHOUT ROWID;

CREATE TABLE sites (
    {_id()},
    name TEXT,
    kind TEXT,
    part_of TEXT REFERENCES sites(id) ON UPDATE CASCADE,
    category TEXT CHECK (category IN ('cultural', 'natural', 'mixed')),
    countries TEXT NOT NULL DEFAULT '[]'
        CHECK (json_valid(countries) AND json_type(countries) = 'array'),
    longitude REAL CHECK (longitude BETWEEN -180 AND 180),
    latitude REAL CHECK (latitude BETWEEN -90 AND 90),
    geometry TEXT
        CHECK (geometry IS NULL OR json_type(geometry, '$.type') = 'text'),
    precision_m REAL CHECK (precision_m >= 0),
    location_access TEXT NOT NULL DEFAULT 'public'
        CHECK (location_access IN ('public', 'restricted', 'withheld')),
    is_null_island INTEGER NOT NULL DEFAULT 0 CHECK (is_null_island IN (0, 1)),
    {_date("built")},
    source TEXT REFERENCES sources(id) ON UPDATE CASCADE,
    search_text TEXT,
    {VERSIONED},
    CHECK (part_of <> id),
    CHECK ((longitude IS NULL) = (latitude IS NULL)),
    CHECK (longitude <> 0 OR latitude <> 0 OR is_null_island)
) STRICT;
CREATE INDEX sites_part_of ON sites(part_of);

CREATE TABLE names (
    site TEXT NOT NULL REFERENCES sites(id) ON DELETE CASCADE ON UPDATE CASCADE,
    text TEXT NOT NULL CHECK (trim(text) <> ''),
    language TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (site, kind, language, text)
) STRICT, WITHOUT ROWID;

CREATE TABLE identifiers (
    scheme TEXT NOT NULL CHECK (scheme GLOB '*[a-z]*' AND scheme NOT GLOB '*[^a-z0-9_-]*'),
    value TEXT NOT NULL CHECK (trim(value) <> ''),
    site TEXT NOT NULL REFERENCES sites(id) ON DELETE CASCADE ON UPDATE CASCADE,
    PRIMARY KEY (scheme, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX identifiers_site ON identifiers(site);

CREATE TABLE former_ids (
    former TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX former_ids_id ON former_ids(id);

CREATE TABLE editions (
    dataset TEXT NOT NULL,
    edition TEXT NOT NULL,
    edition_latest TEXT,
    source TEXT REFERENCES sources(id) ON UPDATE CASCADE,
    PRIMARY KEY (dataset, edition)
) STRICT, WITHOUT ROWID;

CREATE TABLE descriptions (
    site TEXT NOT NULL REFERENCES sites(id) ON DELETE CASCADE ON UPDATE CASCADE,
    dataset TEXT NOT NULL,
    edition TEXT NOT NULL,
    record TEXT NOT NULL CHECK (json_valid(record)),
    PRIMARY KEY (site, dataset, edition)
) STRICT, WITHOUT ROWID;
CREATE INDEX descriptions_edition ON descriptions(dataset, edition);

CREATE TABLE listings (
    {_id()},
    site TEXT NOT NULL REFERENCES sites(id) ON UPDATE CASCADE,
    register TEXT NOT NULL,
    status TEXT NOT NULL,
    {_date("begin")},
    {_date("end")},
    reference TEXT,
    suffix TEXT,
    criteria TEXT NOT NULL DEFAULT '[]'
        CHECK (json_valid(criteria) AND json_type(criteria) = 'array'),
    area_ha REAL CHECK (area_ha > 0),
    as_written TEXT,
    source TEXT NOT NULL REFERENCES sources(id) ON UPDATE CASCADE,
    {_date("first_edition")},
    {_date("edition")},
    {VERSIONED},
    CHECK (end_latest IS NULL OR begin_earliest IS NULL OR end_latest >= begin_earliest),
    CHECK (register <> 'world-heritage' OR begin_latest IS NULL OR begin_latest >= '1978-01-01')
) STRICT;
CREATE INDEX listings_site ON listings(site);
CREATE INDEX listings_status ON listings(status, register);
CREATE INDEX listings_source ON listings(source);

CREATE TABLE events (
    {_id()},
    label TEXT NOT NULL CHECK (trim(label) <> ''),
    part_of TEXT REFERENCES events(id) ON UPDATE CASCADE,
    context TEXT,
    search_text TEXT,
    {VERSIONED},
    CHECK (part_of <> id)
) STRICT;
CREATE INDEX events_part_of ON events(part_of) WHERE part_of IS NOT NULL;

CREATE TABLE event_sites (
    event TEXT NOT NULL REFERENCES events(id) ON DELETE CASCADE ON UPDATE CASCADE,
    site TEXT NOT NULL REFERENCES sites(id) ON UPDATE CASCADE,
    PRIMARY KEY (event, site)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_sites_site ON event_sites(site);

CREATE TABLE claims (
    {_id()},
    subject TEXT NOT NULL,
    site TEXT REFERENCES sites(id) ON UPDATE CASCADE,
    property TEXT NOT NULL CHECK (property <> ''),
    value TEXT,
    {_date("date")},
    low REAL,
    high REAL,
    as_written TEXT,
    stance TEXT NOT NULL DEFAULT 'asserts'
        CHECK (stance IN ('asserts', 'suggests', 'alleges', 'denies', 'cannot_determine')),
    confidence {CONFIDENCE},
    source TEXT NOT NULL REFERENCES sources(id) ON UPDATE CASCADE,
    attributed_to TEXT,
    locator TEXT,
    access {ACCESS},
    search_text TEXT,
    {VERSIONED},
    CHECK (value IS NOT NULL OR as_written IS NOT NULL),
    CHECK (low IS NULL OR high IS NULL OR low <= high),
    CHECK (property <> 'extent' OR ((low IS NULL OR low BETWEEN 0 AND 100)
        AND (high IS NULL OR high BETWEEN 0 AND 100)))
) STRICT;
CREATE INDEX claims_subject ON claims(subject, property);
CREATE INDEX claims_site ON claims(site) WHERE site IS NOT NULL;
CREATE INDEX claims_source ON claims(source);
CREATE INDEX claims_date ON claims(date_earliest, date_latest) WHERE property = 'date';

CREATE TABLE observations (
    {_id()},
    site TEXT NOT NULL REFERENCES sites(id) ON UPDATE CASCADE,
    {_date("observed", required=True)},
    state TEXT NOT NULL
        CHECK (state IN ('intact', 'damaged', 'destroyed', 'partly_visible', 'not_assessable')),
    severity TEXT,
    extent_low REAL CHECK (extent_low BETWEEN 0 AND 100),
    extent_high REAL CHECK (extent_high BETWEEN 0 AND 100),
    method TEXT,
    source TEXT NOT NULL REFERENCES sources(id) ON UPDATE CASCADE,
    as_written TEXT,
    confidence {CONFIDENCE},
    {VERSIONED},
    CHECK ((extent_low IS NULL) = (extent_high IS NULL)),
    CHECK (extent_low <= extent_high)
) STRICT;
CREATE INDEX observations_site ON observations(site);
CREATE INDEX observations_source ON observations(source);

CREATE TABLE interventions (
    {_id()},
    site TEXT NOT NULL REFERENCES sites(id) ON UPDATE CASCADE,
    {_date("date")},
    kind TEXT NOT NULL,
    as_written TEXT,
    source TEXT NOT NULL REFERENCES sources(id) ON UPDATE CASCADE,
    {VERSIONED}
) STRICT;
CREATE INDEX interventions_site ON interventions(site);
CREATE INDEX interventions_source ON interventions(source);

CREATE TABLE evidence (
    {_id()},
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    title TEXT,
    media_type TEXT,
    size INTEGER CHECK (size >= 0),
    source TEXT REFERENCES sources(id) ON UPDATE CASCADE,
    access TEXT NOT NULL DEFAULT 'restricted'
        CHECK (access IN ('public', 'restricted', 'withheld')),
    {VERSIONED}
) STRICT;
CREATE INDEX evidence_sha256 ON evidence(sha256);

CREATE TABLE custody (
    evidence TEXT NOT NULL REFERENCES evidence(id) ON DELETE CASCADE ON UPDATE CASCADE,
    position INTEGER NOT NULL CHECK (position >= 1),
    {_date("date", required=True)},
    holder TEXT NOT NULL,
    act TEXT NOT NULL,
    PRIMARY KEY (evidence, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE reviews (
    {_id()},
    claim TEXT NOT NULL REFERENCES claims(id) ON UPDATE CASCADE,
    reviewer TEXT NOT NULL,
    {_date("date", required=True)},
    decision TEXT NOT NULL CHECK (decision IN ('confirmed', 'refuted', 'undecided')),
    reason TEXT NOT NULL,
    {VERSIONED}
) STRICT;
CREATE INDEX reviews_claim ON reviews(claim);

CREATE TABLE conclusions (
    subject TEXT NOT NULL,
    site TEXT NOT NULL DEFAULT '',
    property TEXT NOT NULL,
    value TEXT,
    earliest TEXT,
    latest TEXT,
    status TEXT NOT NULL
        CHECK (status IN ('agreed', 'disputed', 'undecided', 'unsupported')),
    weight INTEGER NOT NULL,
    margin INTEGER NOT NULL,
    runner_up TEXT CHECK (runner_up IS NULL OR json_valid(runner_up)),
    flags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(flags)),
    sentence TEXT NOT NULL,
    change INTEGER REFERENCES changes(id),
    PRIMARY KEY (subject, site, property)
) STRICT, WITHOUT ROWID;

CREATE TABLE terms (
    vocabulary TEXT NOT NULL,
    code TEXT NOT NULL,
    parent TEXT,
    position INTEGER NOT NULL,
    label_en TEXT NOT NULL,
    label_ar TEXT NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (vocabulary, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE _site_ancestors (
    site TEXT NOT NULL,
    ancestor TEXT NOT NULL,
    PRIMARY KEY (site, ancestor)
) STRICT, WITHOUT ROWID;
CREATE INDEX _site_ancestors_ancestor ON _site_ancestors(ancestor);

CREATE TABLE _event_ancestors (
    event TEXT NOT NULL,
    ancestor TEXT NOT NULL,
    PRIMARY KEY (event, ancestor)
) STRICT, WITHOUT ROWID;
CREATE INDEX _event_ancestors_ancestor ON _event_ancestors(ancestor);

CREATE TABLE _source_ancestors (
    source TEXT NOT NULL,
    ancestor TEXT NOT NULL,
    PRIMARY KEY (source, ancestor)
) STRICT, WITHOUT ROWID;
CREATE INDEX _source_ancestors_ancestor ON _source_ancestors(ancestor);

CREATE VIEW _source_ancestors_now AS
    WITH RECURSIVE walk(source, ancestor) AS (
        SELECT source, relies_on FROM source_relies_on
        UNION SELECT w.source, r.relies_on FROM walk w JOIN source_relies_on r
            ON r.source = w.ancestor)
    SELECT source, ancestor FROM walk;

CREATE VIEW _site_ancestors_now AS
    WITH RECURSIVE walk(site, ancestor) AS (
        SELECT id, part_of FROM sites WHERE part_of IS NOT NULL
        UNION SELECT w.site, s.part_of FROM walk w JOIN sites s
            ON s.id = w.ancestor AND s.part_of IS NOT NULL)
    SELECT site, ancestor FROM walk;

CREATE VIEW _event_ancestors_now AS
    WITH RECURSIVE walk(event, ancestor) AS (
        SELECT id, part_of FROM events WHERE part_of IS NOT NULL
        UNION SELECT w.event, e.part_of FROM walk w JOIN events e
            ON e.id = w.ancestor AND e.part_of IS NOT NULL)
    SELECT event, ancestor FROM walk;

CREATE TABLE _site_countries (
    country TEXT NOT NULL,
    site TEXT NOT NULL,
    PRIMARY KEY (country, site)
) STRICT, WITHOUT ROWID;

CREATE TABLE _context (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    change INTEGER REFERENCES changes(id),
    replaced TEXT
) STRICT;
INSERT INTO _context (id) VALUES (1);

CREATE TABLE _positions (n INTEGER PRIMARY KEY) STRICT;
CREATE TABLE _folds (written TEXT PRIMARY KEY, folded TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE places USING rtree(id, west, east, south, north);

CREATE VIRTUAL TABLE sites_fts
    USING fts5(search_text, content="sites", tokenize="unicode61 remove_diacritics 0");
CREATE VIRTUAL TABLE events_fts
    USING fts5(search_text, content="events", tokenize="unicode61 remove_diacritics 0");
CREATE VIRTUAL TABLE claims_fts
    USING fts5(search_text, content="claims", tokenize="unicode61 remove_diacritics 0");
CREATE VIRTUAL TABLE sources_fts
    USING fts5(search_text, content="sources", tokenize="unicode61 remove_diacritics 0");
CREATE VIRTUAL TABLE actors_fts
    USING fts5(search_text, content="actors", tokenize="unicode61 remove_diacritics 0");
"""


def upgrade(db: Database) -> None:
    """Make every table, index and search structure."""
    db.executescript(TABLES)
