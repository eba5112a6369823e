//! Places in the text of `config.toml`: finding a setting however it is spelt, and changing the
//! text there and nowhere else.

use std::io;

use toml_edit::{Document, DocumentMut, Item, Table, TableLike};

use super::{
    document::{DocumentError, parse},
    raw::canonical,
};

/// The path under which the file has the setting, which may be an older spelling of its name.
pub(super) fn path_in(document: &DocumentMut, key: &str) -> Vec<String> {
    let path: Vec<_> = key.split('.').map(str::to_owned).collect();
    if find(document.as_table(), &path).is_some() {
        return path;
    }
    typed_path(document.as_table(), key, &mut Vec::new()).unwrap_or(path)
}

fn typed_path(table: &dyn TableLike, key: &str, path: &mut Vec<String>) -> Option<Vec<String>> {
    for (name, item) in table.iter() {
        path.push(name.to_owned());
        if canonical(path) == key {
            return Some(path.clone());
        }
        if let Some(below) = item.as_table_like()
            && let Some(found) = typed_path(below, key, path)
        {
            return Some(found);
        }
        path.pop();
    }
    None
}

pub(super) fn find<'a>(table: &'a Table, path: &[String]) -> Option<&'a Item> {
    let (last, sections) = path.split_last()?;
    let mut at: &dyn TableLike = table;
    for section in sections {
        at = at.get(section)?.as_table_like()?;
    }
    at.get(last)
}

pub(super) fn put(
    table: &mut Table,
    key: &str,
    path: &[String],
    mut value: toml_edit::Value,
) -> Result<(), DocumentError> {
    let Some((last, sections)) = path.split_last() else {
        return Ok(());
    };
    let mut at: &mut dyn TableLike = table;
    for (depth, section) in sections.iter().enumerate() {
        let implicit = depth + 1 < sections.len();
        at = at
            .entry(section)
            .or_insert_with(|| {
                let mut table = Table::new();
                table.set_implicit(implicit);
                Item::Table(table)
            })
            .as_table_like_mut()
            .ok_or_else(|| DocumentError::NoSection {
                key: key.to_owned(),
                part: section.clone(),
            })?;
    }
    match at.get_mut(last) {
        Some(Item::Value(old)) => {
            // What follows a value on its line belongs to the value.
            *value.decor_mut() = old.decor().clone();
            let kept = match (old.as_array_mut(), value.as_array()) {
                (Some(old), Some(new)) => rearranged(old, new),
                _ => false,
            };
            if !kept {
                *old = value;
            }
        }
        Some(other) => *other = Item::Value(value),
        None => {
            at.insert(last, Item::Value(value));
        }
    }
    Ok(())
}

/// Makes a list what another is by taking items away and adding others at its end, so that what
/// is written between the items stays; `false` when that does not do.
fn rearranged(list: &mut toml_edit::Array, wanted: &toml_edit::Array) -> bool {
    let text = |value: &toml_edit::Value| value.as_str().map(str::to_owned);
    let texts = |array: &toml_edit::Array| array.iter().map(text).collect::<Option<Vec<_>>>();
    let (Some(has), Some(wants)) = (texts(list), texts(wanted)) else {
        return false;
    };
    let (stays, goes): (Vec<&String>, Vec<&String>) =
        has.iter().partition(|item| wants.contains(item));
    if stays.is_empty() || !wants.iter().zip(&stays).all(|(one, other)| one == *other) {
        return false;
    }
    for item in goes {
        let Some(place) = list.iter().position(|one| one.as_str() == Some(item)) else {
            continue;
        };
        let gone = list.remove(place);
        let above = gone.decor().prefix().and_then(|prefix| prefix.as_str());
        let above = above.unwrap_or_default().trim_end().to_owned();
        if !above.contains('#') {
            continue;
        }
        // A comment before an item belongs to the line above it.
        match list.get_mut(place) {
            Some(next) => {
                let own = next.decor().prefix().and_then(|prefix| prefix.as_str());
                let both = format!("{above}{}", own.unwrap_or_default());
                next.decor_mut().set_prefix(both);
            }
            None => {
                let own = list.trailing().as_str().unwrap_or_default().to_owned();
                list.set_trailing(format!("{above}{own}"));
            }
        }
    }
    for item in wants.iter().skip(stays.len()) {
        let like = list.iter().last().map(|last| last.decor().clone());
        let mut added = toml_edit::Value::from(item.as_str());
        if let Some(before) = like.as_ref().and_then(|decor| decor.prefix()?.as_str()) {
            let indent = before.rfind('\n').map_or(before, |at| &before[at..]);
            added.decor_mut().set_prefix(indent);
        }
        list.push_formatted(added);
    }
    true
}

/// The text without this setting, or nothing when it is not there. A setting on lines of its own
/// goes with those lines, so that a comment above it stays.
pub(super) fn removed(text: &str, path: &[String]) -> Result<Option<String>, DocumentError> {
    let document = Document::parse(text).map_err(io::Error::other)?;
    let Some((last, sections)) = path.split_last() else {
        return Ok(None);
    };
    let mut at: &dyn TableLike = document.as_table();
    let mut inline = false;
    for section in sections {
        let Some(item) = at.get(section) else {
            return Ok(None);
        };
        inline |= item.is_inline_table();
        let Some(table) = item.as_table_like() else {
            return Ok(None);
        };
        at = table;
    }
    let (Some(key), Some(item)) = (at.key(last), at.get(last)) else {
        return Ok(None);
    };
    if let (false, Some(key), Some(value)) = (
        inline,
        key.span(),
        item.as_value().and_then(toml_edit::Value::span),
    ) {
        let start = text[..key.start].rfind('\n').map_or(0, |at| at + 1);
        let end = text[value.end..]
            .find('\n')
            .map_or(text.len(), |at| value.end + at + 1);
        return Ok(Some(format!("{}{}", &text[..start], &text[end..])));
    }
    let mut document = parse(text)?;
    let mut at: &mut dyn TableLike = document.as_table_mut();
    for section in sections {
        match at.get_mut(section).and_then(Item::as_table_like_mut) {
            Some(table) => at = table,
            None => return Ok(None),
        }
    }
    at.remove(last);
    Ok(Some(document.to_string()))
}

/// The text without the section at `path`, or nothing when it is not there. Comments that stand
/// above the section, a blank line away, are not its own and stay.
pub(super) fn without_section(
    text: &str,
    path: &[String],
) -> Result<Option<String>, DocumentError> {
    let mut document = parse(text)?;
    let Some(item) = find(document.as_table(), path) else {
        return Ok(None);
    };
    let below = match item {
        Item::Table(table) if table.is_dotted() || table.is_implicit() => names_in(table),
        Item::Table(table) => {
            let place = table.position().unwrap_or(isize::MAX);
            let above = table.decor().prefix().and_then(|prefix| prefix.as_str());
            let foreign = foreign_part(above.unwrap_or_default()).to_owned();
            remove(document.as_table_mut(), path);
            hand_on(&mut document, place, &foreign);
            return Ok(Some(document.to_string()));
        }
        _ => return removed(text, path),
    };
    // A section that has no header of its own is as many lines as it has settings.
    let mut text = text.to_owned();
    for name in below {
        let path: Vec<_> = path.iter().cloned().chain([name]).collect();
        if let Some(without) = without_section(&text, &path)? {
            text = without;
        }
    }
    Ok(Some(text))
}

fn names_in(table: &Table) -> Vec<String> {
    table.iter().map(|(name, _)| name.to_owned()).collect()
}

fn remove(table: &mut Table, path: &[String]) {
    let Some((last, sections)) = path.split_last() else {
        return;
    };
    let mut at: &mut dyn TableLike = table;
    for section in sections {
        match at.get_mut(section).and_then(Item::as_table_like_mut) {
            Some(table) => at = table,
            None => return,
        }
    }
    at.remove(last);
}

/// What stands above a header as far as the last blank line.
fn foreign_part(above: &str) -> &str {
    let end = above.rfind("\n\n").map_or(0, |at| at + 2);
    let foreign = &above[..end];
    if foreign.trim().is_empty() {
        ""
    } else {
        foreign
    }
}

/// Puts a comment above the header that follows `place`, or at the end.
fn hand_on(document: &mut DocumentMut, place: isize, comment: &str) {
    if comment.is_empty() {
        return;
    }
    let next = positions(document.as_table())
        .into_iter()
        .filter(|position| *position > place)
        .min();
    let Some(next) = next else {
        let rest = document.trailing().as_str().unwrap_or_default().to_owned();
        document.set_trailing(format!("{comment}{rest}"));
        return;
    };
    put_above(document.as_table_mut(), next, comment);
}

fn positions(table: &Table) -> Vec<isize> {
    let below = table.iter().filter_map(|(_, item)| item.as_table());
    below
        .flat_map(|table| {
            let own = (!table.is_implicit() && !table.is_dotted()).then(|| table.position());
            own.flatten().into_iter().chain(positions(table))
        })
        .collect()
}

fn put_above(table: &mut Table, place: isize, comment: &str) {
    for (_, item) in table.iter_mut() {
        let Some(table) = item.as_table_mut() else {
            continue;
        };
        if table.position() == Some(place) && !table.is_implicit() && !table.is_dotted() {
            let prefix = table.decor().prefix().and_then(|prefix| prefix.as_str());
            let prefix = format!(
                "{comment}{}",
                prefix.unwrap_or_default().trim_start_matches('\n')
            );
            table.decor_mut().set_prefix(prefix);
            return;
        }
        put_above(table, place, comment);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str, section: &str) -> String {
        let path: Vec<_> = section.split('.').map(str::to_owned).collect();
        without_section(text, &path).unwrap().unwrap()
    }

    #[test]
    fn a_section_goes_with_its_own_comments_and_no_other() {
        let text = "# my gateway\n\n# the fast one\n[providers.a]\nkind = \"demo\" # x\n\n# the other\n[providers.b]\nkind = \"demo\"\n# the end\n";
        assert_eq!(
            without(text, "providers.a"),
            "# my gateway\n\n# the other\n[providers.b]\nkind = \"demo\"\n# the end\n"
        );
        assert_eq!(
            without(text, "providers.b"),
            "# my gateway\n\n# the fast one\n[providers.a]\nkind = \"demo\" # x\n# the end\n"
        );
    }

    #[test]
    fn the_last_section_leaves_what_stood_above_it() {
        let text = "# my gateway\n\n[providers.a]\nkind = \"demo\"\n";
        assert_eq!(without(text, "providers.a"), "# my gateway\n\n");
    }

    #[test]
    fn a_section_of_dotted_lines_or_an_inline_table_goes_too() {
        let dotted = "# mine\nproviders.a.kind = \"demo\"\nproviders.a.model = \"m\"\nproviders.b.kind = \"demo\"\n";
        assert_eq!(
            without(dotted, "providers.a"),
            "# mine\nproviders.b.kind = \"demo\"\n"
        );
        let inline = "[providers]\n# one\na = { kind = \"demo\" }\nb = { kind = \"demo\" } # two\n";
        assert_eq!(
            without(inline, "providers.a"),
            "[providers]\n# one\nb = { kind = \"demo\" } # two\n"
        );
        assert!(
            without_section(dotted, &["providers".to_owned(), "c".to_owned()])
                .unwrap()
                .is_none()
        );
    }
}
