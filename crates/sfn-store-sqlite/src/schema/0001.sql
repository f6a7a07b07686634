-- Times are milliseconds since 1970. A list's position is the row's id, so
-- the ids of rows that may be deleted are never used again.

CREATE TABLE machine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    arn TEXT NOT NULL UNIQUE,
    type INTEGER NOT NULL,
    status INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    revision INTEGER NOT NULL
) STRICT;

-- Kept when the machine is gone, for executions go on with what they began.
CREATE TABLE revision (
    id INTEGER PRIMARY KEY,
    uid TEXT NOT NULL UNIQUE,
    machine_arn TEXT NOT NULL,
    number INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    definition INTEGER NOT NULL,
    role_arn TEXT NOT NULL,
    logging TEXT,
    tracing TEXT,
    encryption TEXT
) STRICT;

CREATE INDEX revision_of_machine ON revision (machine_arn);

-- Revisions of one machine share a text that did not change.
CREATE TABLE definition (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE activity (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    arn TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    encryption TEXT
) STRICT;

CREATE TABLE tag (
    resource TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (resource, key)
) STRICT, WITHOUT ROWID;

-- What every step changes: short rows. While an execution is leased, due_at
-- is null; while it is not, lease_node and lease_until are.
CREATE TABLE execution (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    machine INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    status INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    stopped_at INTEGER,
    redrive_count INTEGER NOT NULL DEFAULT 0,
    redriven_at INTEGER,
    last_event_id INTEGER NOT NULL,
    last_message INTEGER NOT NULL DEFAULT 0,
    consumed_through INTEGER NOT NULL DEFAULT 0,
    epoch INTEGER NOT NULL,
    lease_node TEXT,
    lease_until INTEGER,
    due_at INTEGER
) STRICT;

CREATE INDEX execution_by_status ON execution (machine, status);
CREATE INDEX execution_due ON execution (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX execution_leased ON execution (lease_until) WHERE lease_until IS NOT NULL;

-- What is written at the start and at the end.
CREATE TABLE execution_data (
    execution INTEGER PRIMARY KEY,
    input TEXT NOT NULL,
    trace_header TEXT,
    output TEXT,
    error TEXT,
    cause TEXT
) STRICT;

CREATE TABLE snapshot (
    execution INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

-- The events of one commit.
CREATE TABLE segment (
    id INTEGER PRIMARY KEY,
    execution INTEGER NOT NULL,
    first_event_id INTEGER NOT NULL,
    last_event_id INTEGER NOT NULL,
    events BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX segment_of_execution ON segment (execution, last_event_id, first_event_id);

CREATE TABLE inbox (
    execution INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (execution, sequence)
) STRICT, WITHOUT ROWID;

-- state: 0 in its activity's queue, 1 open, 2 closed. Closed tasks stay, so
-- that a late answer is told from a wrong token.
CREATE TABLE task (
    id INTEGER PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    execution INTEGER NOT NULL,
    key TEXT NOT NULL,
    state INTEGER NOT NULL,
    activity TEXT,
    input TEXT
) STRICT;

CREATE INDEX task_queue ON task (activity, id) WHERE state = 0;
CREATE INDEX task_open ON task (execution) WHERE state < 2;
