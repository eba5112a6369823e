//! Vectors of memory entries, and the nearest ones to another. They are read in pieces and never
//! all at once, so that a search needs no memory of its own.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    time::{Duration, Instant},
};

use sqlx::Row as _;

use super::{
    Durability, Store, StoreError,
    memory::{COLUMNS, entry_from},
};
use crate::model::MemoryEntry;

/// Vectors read in one piece.
const PIECE: i64 = 512;

/// A vector for the database.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorRow {
    /// The entry.
    pub entry: i64,
    /// The version that was embedded.
    pub version: u32,
    /// Of length one.
    pub vector: Vec<f32>,
}

/// How far a search among vectors may go.
#[derive(Clone, Copy, Debug)]
pub struct VectorBudget {
    /// At most so many vectors are looked at, the newest first.
    pub vectors: u32,
    /// … for at most so long.
    pub time: Duration,
}

/// How many vectors there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VectorCount {
    /// Entries whose vector is up to date.
    pub done: u64,
    /// Entries that wait for one.
    pub waiting: u64,
}

impl Store {
    /// Entries without an up-to-date vector of `model`, the newest first.
    pub async fn list_unembedded(
        &self,
        model: &str,
        limit: u32,
    ) -> Result<Vec<MemoryEntry>, StoreError> {
        let sql = format!(
            "select {COLUMNS} from memory_entries e
             left join memory_vectors v on v.entry = e.row
             where e.deleted_at is null
                 and (v.entry is null or v.model <> ?1 or v.version <> e.version)
             order by e.row desc limit ?2"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(model)
            .bind(limit)
            .fetch_all(self.readers())
            .await?;
        rows.iter().map(entry_from).collect()
    }

    /// How many entries have an up-to-date vector of `model`, and how many wait.
    pub async fn count_vectors(&self, model: &str) -> Result<VectorCount, StoreError> {
        let (all, done): (i64, i64) = sqlx::query_as(
            "select count(*), count(case when v.model = ?1 and v.version = e.version then 1 end)
             from memory_entries e left join memory_vectors v on v.entry = e.row
             where e.deleted_at is null",
        )
        .bind(model)
        .fetch_one(self.readers())
        .await?;
        let whole = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(VectorCount {
            done: whole(done),
            waiting: whole(all - done),
        })
    }

    /// Keeps vectors of `model`.
    pub async fn put_vectors(
        &self,
        model: String,
        vectors: Vec<VectorRow>,
    ) -> Result<(), StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                for one in vectors {
                    sqlx::query(
                        "insert into memory_vectors (entry, model, version, vector)
                         select ?1, ?2, ?3, ?4
                         where exists (select 1 from memory_entries
                             where row = ?1 and deleted_at is null)
                         on conflict (entry) do update set model = excluded.model,
                             version = excluded.version, vector = excluded.vector",
                    )
                    .bind(one.entry)
                    .bind(&model)
                    .bind(one.version)
                    .bind(bytes_of(&one.vector))
                    .execute(&mut *db)
                    .await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// The entries whose vectors of `model` point most nearly the way `wanted` does, with the
    /// cosine, best first. Looks at the newest vectors as far as the budget goes.
    pub async fn nearest_memories(
        &self,
        model: &str,
        wanted: &[f32],
        budget: VectorBudget,
        limit: usize,
    ) -> Result<Vec<(i64, f32)>, StoreError> {
        let until = Instant::now() + budget.time;
        let mut best: BinaryHeap<Reverse<Near>> = BinaryHeap::with_capacity(limit + 1);
        let (mut before, mut left) = (i64::MAX, i64::from(budget.vectors));
        while left > 0 && Instant::now() < until {
            let rows = sqlx::query(
                "select entry, vector from memory_vectors
                 where entry < ?1 and model = ?2 order by entry desc limit ?3",
            )
            .bind(before)
            .bind(model)
            .bind(PIECE.min(left))
            .fetch_all(self.readers())
            .await?;
            let Some(last) = rows.last() else { break };
            before = last.try_get(0)?;
            left -= i64::try_from(rows.len()).unwrap_or(left);
            for row in &rows {
                let Some(cosine) = dot(wanted, row.try_get(1)?) else {
                    continue;
                };
                best.push(Reverse(Near(cosine, row.try_get(0)?)));
                if best.len() > limit {
                    best.pop();
                }
            }
        }
        let mut found: Vec<(i64, f32)> = best
            .into_iter()
            .map(|Reverse(Near(cosine, entry))| (entry, cosine))
            .collect();
        found.sort_by(|one, other| other.1.total_cmp(&one.1).then(other.0.cmp(&one.0)));
        Ok(found)
    }
}

/// A cosine and its entry, in order.
struct Near(f32, i64);

impl PartialEq for Near {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Near {}

impl PartialOrd for Near {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Near {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0).then(self.1.cmp(&other.1))
    }
}

fn bytes_of(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|one| one.to_le_bytes()).collect()
}

/// The product of a vector and one that the database holds; none when they are of different
/// lengths (a model that changed under its name).
fn dot(one: &[f32], stored: &[u8]) -> Option<f32> {
    if stored.len() != one.len() * 4 {
        return None;
    }
    // Eight sums beside each other, which the compiler keeps in one register.
    let mut sums = [0.0_f32; 8];
    let (pieces, rest) = stored.as_chunks::<32>();
    let (ours, our_rest) = one.as_chunks::<8>();
    for (ours, piece) in ours.iter().zip(pieces) {
        let (numbers, _) = piece.as_chunks::<4>();
        for ((sum, a), b) in sums.iter_mut().zip(ours).zip(numbers) {
            *sum += a * f32::from_le_bytes(*b);
        }
    }
    let (numbers, _) = rest.as_chunks::<4>();
    let tail: f32 = our_rest
        .iter()
        .zip(numbers)
        .map(|(a, b)| a * f32::from_le_bytes(*b))
        .sum();
    Some(sums.iter().sum::<f32>() + tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_taken_of_vectors_of_one_length_alone() {
        let vector: Vec<f32> = (0..19).map(|n| n as f32).collect();
        let stored = bytes_of(&vector);
        let product: f32 = vector.iter().map(|n| n * n).sum();
        assert_eq!(dot(&vector, &stored), Some(product));
        assert_eq!(dot(&vector[..18], &stored), None);
        assert_eq!(dot(&[], &[]), Some(0.0));
    }
}
