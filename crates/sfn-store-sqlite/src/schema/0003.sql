-- The mock test case that an execution was started with.
ALTER TABLE execution_data ADD COLUMN test_case TEXT;

-- Open tasks are closed one by one, by their key.
DROP INDEX task_open;
CREATE INDEX task_open ON task (execution, key) WHERE state < 2;
