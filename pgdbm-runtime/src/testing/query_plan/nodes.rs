//! The nodes of a plan, out of `EXPLAIN (FORMAT YAML)`.
//!
//! PostgreSQL writes each property on a line of its own and each text in quotes, escaped as in JSON. So lines are enough,
//! and no name can look like a property.

/// A step of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    /// `Seq Scan`, `Index Scan`, ….
    pub(super) kind: String,
    /// Schemas and names.
    pub(super) relations: Vec<(String, String)>,
    pub(super) index: Option<String>,
}

/// The nodes in the order of the plan: a node's own properties stand before the nodes below it.
pub(super) fn read(yaml: &str) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut last_key = "";
    for line in yaml.lines() {
        let line = line.trim_start();
        let line = line.strip_prefix("- ").unwrap_or(line);
        let Some((key, value)) = line.split_once(": ") else {
            last_key = "";
            continue;
        };
        let before = std::mem::replace(&mut last_key, key);
        let Some(value) = text(value.trim_end()) else {
            continue;
        };
        if key == "Node Type" {
            nodes.push(Node {
                kind: value,
                ..Node::default()
            });
            continue;
        }
        let Some(node) = nodes.last_mut() else {
            continue;
        };
        match key {
            "Relation Name" => node.relations.push((String::new(), value)),
            // Functions have a schema too.
            "Schema" if before == "Relation Name" => {
                if let Some((schema, _)) = node.relations.last_mut() {
                    *schema = value;
                }
            }
            "Index Name" => node.index = Some(value),
            _ => {}
        }
    }
    nodes
}

/// The text of a quoted value; nothing when it is a number or another word.
fn text(value: &str) -> Option<String> {
    let inside = value.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::with_capacity(inside.len());
    let mut characters = inside.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        text.push(match characters.next()? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let digits: String = characters.by_ref().take(4).collect();
                char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
            }
            escaped => escaped,
        });
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::{Node, read};

    #[test]
    fn names_may_hold_anything() {
        let yaml = r#"- Plan: 
    Node Type: "Nested Loop"
    Plans: 
      - Node Type: "Index Scan"
        Parallel Aware: false
        Index Name: "a \"b\": c\\d\n- Node Type: \u0007"
        Relation Name: "Users: 1"
        Schema: "shop"
        Alias: "u"
      - Node Type: "Function Scan"
        Function Name: "f"
        Schema: "other"
  Query Identifier: 5"#;
        let node = |kind: &str| Node {
            kind: kind.to_owned(),
            ..Node::default()
        };
        let scan = Node {
            relations: vec![("shop".to_owned(), "Users: 1".to_owned())],
            index: Some("a \"b\": c\\d\n- Node Type: \u{7}".to_owned()),
            ..node("Index Scan")
        };
        assert_eq!(
            read(yaml),
            [node("Nested Loop"), scan, node("Function Scan")]
        );
    }
}
