-- Published versions, and aliases that lead to one of them or to one of two.

ALTER TABLE machine ADD COLUMN last_version INTEGER NOT NULL DEFAULT 0;

CREATE TABLE version (
    machine INTEGER NOT NULL,
    number INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    description TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (machine, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX version_of_revision ON version (machine, revision);

CREATE TABLE alias (
    machine INTEGER NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    first_version INTEGER NOT NULL,
    first_weight INTEGER NOT NULL,
    second_version INTEGER,
    second_weight INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (machine, name)
) STRICT, WITHOUT ROWID;

-- The version that an execution was started on, and the alias that led to it.
ALTER TABLE execution ADD COLUMN version INTEGER;
ALTER TABLE execution ADD COLUMN alias TEXT;

CREATE INDEX execution_by_version ON execution (machine, version, status) WHERE version IS NOT NULL;
CREATE INDEX execution_by_alias ON execution (machine, alias, status) WHERE alias IS NOT NULL;
