-- fn by_id(id: &str) -> Option<User>
SELECT id, email FROM {{tables.users}} WHERE id = $id;

-- fn by_name(name: Option<i32>) -> Vec<User>
SELECT id, email FROM {{tables.users}} WHERE email = $name;

-- fn add(email: Option<&str>)
INSERT INTO {{tables.users}} (email) VALUES ($email);

-- fn fits(id: i64, email: Option<&String>) -> Vec<User>
SELECT id, email FROM {{tables.users}} WHERE id = $id OR email = $email;
