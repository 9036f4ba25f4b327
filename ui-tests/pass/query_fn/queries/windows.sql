-- fn emails() -> Stream<String>
SELECT email FROM {{tables.users}};

-- fn local() -> Vec<self::Local>
SELECT id, email FROM {{tables.users}};
-- pub async fn forget(id)

DELETE FROM {{tables.users}} WHERE id = $id;
