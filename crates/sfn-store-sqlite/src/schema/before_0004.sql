-- What an older release may have left: for the test of migration 4.
INSERT INTO machine (id, arn, type, status, created_at, revision, last_version)
VALUES (1, 'arn:aws:states:us-east-1:123456789012:stateMachine:machine', 0, 0, 0, 1, 1);
INSERT INTO definition (id, text) VALUES (1, '{}');
INSERT INTO revision (id, uid, machine_arn, number, updated_at, definition, role_arn)
VALUES (1, 'machine-1', 'arn:aws:states:us-east-1:123456789012:stateMachine:machine', 1, 0, 1, 'r');
INSERT INTO version (machine, number, revision, created_at) VALUES (1, 1, 1, 0);
INSERT INTO execution (id, arn, machine, revision, status, started_at, stopped_at, last_event_id, epoch, due_at, version)
VALUES (1, 'arn:aws:states:us-east-1:123456789012:execution:machine:running', 1, 1, 0, 0, NULL, 2, 1, 0, NULL),
       (2, 'arn:aws:states:us-east-1:123456789012:execution:machine:failed', 1, 1, 2, 0, 9, 3, 1, NULL, 1);
INSERT INTO execution_data (execution, input, error) VALUES (1, '1', NULL), (2, '2', 'E');
INSERT INTO snapshot (execution, body) VALUES (1, x'01'), (2, x'02');
