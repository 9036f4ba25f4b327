-- Speeds up the log-in.
CREATE INDEX ON {{tabels.users}} (id);
