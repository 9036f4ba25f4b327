//! What is wrong with the name of a schema, as a message and its remedy.

use pgdbm_template::SchemaName;

/// The rule that the name breaks, and what to do.
pub(crate) fn broken(name: &str) -> Option<(String, String)> {
    let rule = SchemaName::new(name).err()?.to_string();
    // The remedy comes last, behind a semicolon; the name, which may hold one as well, stands before it.
    Some(match rule.rsplit_once("; ") {
        Some((message, help)) => (message.to_owned(), help.to_owned()),
        None => (rule, "choose another name".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::broken;

    #[test]
    fn the_message_and_the_remedy_are_told_apart() {
        assert_eq!(broken("shop"), None);
        let (message, help) = broken("a; b").unwrap();
        assert_eq!(message, "the schema name `a; b` has `;` as character 2");
        assert_eq!(help, "use only the letters a-z, digits and underscores");
        assert_eq!(
            broken("").unwrap().1,
            "give one such as `shop`, or none for `public`"
        );
    }
}
