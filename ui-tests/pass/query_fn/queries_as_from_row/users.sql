-- fn by_email(email) -> Option<crate::User as FromRow>
SELECT id, email, nickname FROM {{tables.users}} WHERE email = $email;
