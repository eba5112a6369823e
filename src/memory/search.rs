//! Looking for memories: by words, and by meaning where an embedding model is configured.

use std::time::Duration;

use super::{
    Memory, MemoryError, MemoryFilter, checks, ranking,
    snippet::{Parts, beginning, snippet},
};
use crate::{
    model::MemoryEntry,
    store::{
        MemoryQuery, TextHit,
        fulltext::{Join, Term, query_terms, split_phrases},
    },
};

/// Entries weighed for one search: what comes after them is too far off to page to.
const CANDIDATES: u32 = 200;
/// How long a search waits for the vector of its text.
pub(super) const VECTOR_PATIENCE: Duration = Duration::from_millis(800);
/// Nearest entries looked at.
const NEAREST: usize = 50;

/// An entry that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The entry.
    pub entry: MemoryEntry,
    /// How well it fits, with its pin and its freshness: 0 to 1.
    pub score: f64,
    /// The words around the matches, each of which stands between [`super::MATCH_START`] and
    /// [`super::MATCH_END`]; its beginning where the match is in the key, or in the meaning.
    pub snippet: String,
    /// The key, with its matches marked.
    pub marked_key: String,
}

/// What somebody looks for.
struct Wanted {
    phrases: Vec<Vec<String>>,
    terms: Vec<Term>,
    /// Terms and those of the phrases, to be marked.
    marks: Vec<Term>,
}

impl Wanted {
    fn of(text: &str) -> Self {
        let (phrases, rest) = split_phrases(text);
        let terms = query_terms(&rest);
        let mut marks = terms.clone();
        marks.extend(query_terms(&text.replace('"', " ")));
        let mut seen = Vec::new();
        marks.retain(|term| {
            let fresh = !seen.contains(&term.text);
            seen.push(term.text.clone());
            fresh
        });
        Self {
            phrases,
            terms,
            marks,
        }
    }
}

impl Memory {
    /// Entries that fit `text`, best first: those in which all its words stand, or, where there
    /// are none, those with some of them. Words count from their beginnings, so that a search
    /// finds while it is typed; phrases in quotes stand as they are.
    pub async fn search(
        &self,
        text: &str,
        filter: &MemoryFilter,
        offset: usize,
        limit: usize,
    ) -> Result<(Vec<Found>, bool), MemoryError> {
        let wanted = Wanted::of(text);
        let filter = MemoryFilter {
            category: filter
                .category
                .as_deref()
                .map(checks::category)
                .transpose()?,
            ..filter.clone()
        };
        let near = self.inner.vectors.nearest(text, NEAREST, VECTOR_PATIENCE);
        let (hits, near) = tokio::join!(self.text_hits(&wanted, &filter), near);
        let hits = hits?;
        let ranked = if near.is_empty() {
            ranking::by_text(hits.iter().map(|hit| (hit.row, hit.weight)))
        } else {
            let text: Vec<i64> = hits.iter().map(|hit| hit.row).collect();
            ranking::fused(&text, &near)
        };
        let mut found = self.scored(ranked, &filter).await?;
        let more = found.len() > offset.saturating_add(limit);
        let page = found.drain(..).skip(offset).take(limit);
        let page = page.map(|(entry, score)| shown(entry, score, &wanted.marks));
        Ok((page.collect(), more))
    }

    async fn text_hits(
        &self,
        wanted: &Wanted,
        filter: &MemoryFilter,
    ) -> Result<Vec<TextHit>, MemoryError> {
        let mut terms = wanted.terms.clone();
        for term in terms.iter_mut().filter(|term| term.may_be_part()) {
            term.also = self.inner.store.find_words_with(&term.text).await?;
        }
        let mut query = MemoryQuery {
            phrases: wanted.phrases.clone(),
            terms,
            join: Join::All,
            category: filter.category.clone(),
            session: filter.session_id.clone(),
            author: filter.author,
            pinned: filter.pinned,
            limit: CANDIDATES,
        };
        let hits = self.inner.store.search_memories(&query).await?;
        if !hits.is_empty() || query.terms.len() + query.phrases.len() < 2 {
            return Ok(hits);
        }
        query.join = Join::Any;
        Ok(self.inner.store.search_memories(&query).await?)
    }

    /// The candidates that fit the filter, with their scores, best first.
    pub(super) async fn scored(
        &self,
        ranked: Vec<ranking::Candidate>,
        filter: &MemoryFilter,
    ) -> Result<Vec<(MemoryEntry, f64)>, MemoryError> {
        let rows: Vec<i64> = ranked.iter().map(|one| one.row).collect();
        let now = self.inner.clock.now();
        let fits: std::collections::HashMap<i64, f64> =
            ranked.iter().map(|one| (one.row, one.fit)).collect();
        let entries = self.inner.store.get_memories(&rows).await?;
        let mut scored: Vec<(MemoryEntry, f64)> = entries
            .into_iter()
            .filter(|entry| within(entry, filter))
            .map(|entry| {
                let age = now.millis_since(entry.updated_at) as f64 / 86_400_000.0;
                let fit = fits.get(&entry.row).copied().unwrap_or_default();
                let score = ranking::score(fit, entry.pinned, age);
                (entry, score)
            })
            .collect();
        scored.sort_by(|(one, mine), (other, theirs)| {
            theirs.total_cmp(mine).then(other.row.cmp(&one.row))
        });
        Ok(scored)
    }
}

/// Vectors know nothing of filters.
fn within(entry: &MemoryEntry, filter: &MemoryFilter) -> bool {
    let category = filter.category.as_ref();
    let session = filter.session_id.as_ref();
    category.is_none_or(|name| *name == entry.category)
        && session.is_none_or(|id| entry.session_id.as_ref() == Some(id))
        && filter.author.is_none_or(|author| author == entry.author)
        && (entry.pinned || !filter.pinned)
}

fn shown(entry: MemoryEntry, score: f64, marks: &[Term]) -> Found {
    let snippet_of = |text: &str| snippet(text, marks, Parts::Beginnings);
    Found {
        score,
        snippet: snippet_of(&entry.content).unwrap_or_else(|| beginning(&entry.content)),
        marked_key: snippet_of(&entry.key).unwrap_or_else(|| entry.key.clone()),
        entry,
    }
}
