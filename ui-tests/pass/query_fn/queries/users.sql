-- SPDX-License-Identifier: none of the documentation.

-- The user with this address, if there is one.
-- fn user_by_email(email) -> Option<FoundUser>
SELECT id, email, nickname FROM {{tables.users}} WHERE email = $email;

-- fn user_by_id(
--     id,
-- )
-- -> FoundUser
-- Documentation may follow.
SELECT id, email, nickname
FROM {{tables.users}} -- of all
WHERE id = $1

-- #[must_use]
-- #[record(derive(Eq))]
-- pub(crate) fn add_user(email, nickname?, tags: &[String]) -> NewUser
INSERT INTO {{tables.users}} (email, nickname, tags)
VALUES ($email, $nickname, $tags)
-- The comment of a statement.
RETURNING id;
