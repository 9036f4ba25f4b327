//! What the comparison with PostgreSQL's own parser needs of ours. Not part of the product.

use std::collections::BTreeSet;

use super::ast::StatementKind;

/// The text with parentheses around whatever an operator makes of its operands. To PostgreSQL it means the same as the text
/// itself, if it joins operators as we do.
///
/// # Errors
///
/// Says why the text cannot be read.
pub fn grouped(sql: &str) -> Result<String, String> {
    let tokens = super::tokens(sql);
    let parsed = super::read(&tokens);
    if let Some(error) = parsed.errors.first() {
        return Err(error.message.clone());
    }
    if let Some(statement) = parsed
        .statements
        .iter()
        .find(|statement| matches!(statement.kind, StatementKind::Opaque(_)))
    {
        return Err(format!("not read: {:?}", statement.kind));
    }
    // A place that was read twice has its group twice.
    let groups: BTreeSet<(u32, u32)> = tokens
        .groups()
        .iter()
        .map(|span| (span.start, span.end))
        .collect();
    let mut text = String::with_capacity(sql.len() + 2 * groups.len());
    for (place, character) in sql.char_indices() {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        add(
            &mut text,
            ')',
            groups.iter().filter(|group| group.1 == place),
        );
        add(
            &mut text,
            '(',
            groups.iter().filter(|group| group.0 == place),
        );
        text.push(character);
    }
    let end = u32::try_from(sql.len()).unwrap_or(u32::MAX);
    add(&mut text, ')', groups.iter().filter(|group| group.1 == end));
    Ok(text)
}

fn add<'g>(text: &mut String, parenthesis: char, groups: impl Iterator<Item = &'g (u32, u32)>) {
    text.extend(groups.map(|_| parenthesis));
}
