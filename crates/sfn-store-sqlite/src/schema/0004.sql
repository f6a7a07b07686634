-- Map runs, and their children among the executions: each has a place in its
-- map run, and a number of items to work on.
CREATE TABLE map_run (
    id INTEGER PRIMARY KEY,
    arn TEXT NOT NULL UNIQUE,
    execution INTEGER NOT NULL,
    state_name TEXT NOT NULL,
    status INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    stopped_at INTEGER,
    max_concurrency INTEGER NOT NULL,
    tolerated_failure_count INTEGER,
    tolerated_failure_percentage REAL,
    redrive_count INTEGER NOT NULL DEFAULT 0,
    redriven_at INTEGER,
    items_total INTEGER NOT NULL DEFAULT 0,
    results_written INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX map_run_of_execution ON map_run (execution);

ALTER TABLE execution ADD COLUMN map_run INTEGER;
ALTER TABLE execution ADD COLUMN place INTEGER;
ALTER TABLE execution ADD COLUMN items INTEGER;

-- Children are not in the lists of their state machine.
DROP INDEX execution_by_status;
DROP INDEX execution_by_version;
DROP INDEX execution_by_alias;
CREATE INDEX execution_by_status ON execution (machine, status) WHERE map_run IS NULL;
CREATE INDEX execution_by_version ON execution (machine, version, status)
    WHERE version IS NOT NULL AND map_run IS NULL;
CREATE INDEX execution_by_alias ON execution (machine, alias, status)
    WHERE alias IS NOT NULL AND map_run IS NULL;

-- Lists of children, and their counts without a look at the rows.
CREATE INDEX child_by_status ON execution (map_run, status, id, items) WHERE map_run IS NOT NULL;
CREATE INDEX child_by_place ON execution (map_run, place, started_at) WHERE map_run IS NOT NULL;
-- What the deletion of their state machine waits for.
CREATE INDEX child_running ON execution (machine) WHERE map_run IS NOT NULL AND status = 0;
