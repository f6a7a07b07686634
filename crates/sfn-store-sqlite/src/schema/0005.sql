-- Whether a version was made by the creation of its state machine: what a
-- repeated creation is compared with.
ALTER TABLE version ADD COLUMN with_machine INTEGER NOT NULL DEFAULT 0;

-- Counts look whether a child is the last of its place.
DROP INDEX child_by_status;
CREATE INDEX child_by_status ON execution (map_run, status, id, items, place) WHERE map_run IS NOT NULL;
