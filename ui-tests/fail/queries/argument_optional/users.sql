-- fn add(
--     email?,
--     nickname?,
-- ) -> NewUser
INSERT INTO {{tables.users}} (email, nickname) VALUES ($email, $nickname) RETURNING id
