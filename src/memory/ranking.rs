//! In which order memories are shown: how well they fit, then whether they are pinned and how
//! fresh they are. Pure.

/// How quickly the first places lose weight in reciprocal rank fusion: the usual constant.
const FUSION: f64 = 60.0;
/// After so many days freshness counts half.
const HALF_LIFE_DAYS: f64 = 30.0;
/// Shares of the score: how well it fits, a pin, freshness.
const FIT: f64 = 0.75;
const PIN: f64 = 0.15;
const FRESH: f64 = 0.10;

/// A candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Candidate {
    /// Its row.
    pub(super) row: i64,
    /// How well it fits: 0 to 1.
    pub(super) fit: f64,
}

/// How well text hits fit: their weight against the best one's. A hit without a weight was one of
/// too many to weigh, and counts half.
pub(super) fn by_text(hits: impl Iterator<Item = (i64, f64)>) -> Vec<Candidate> {
    let hits: Vec<(i64, f64)> = hits.collect();
    let best = hits.iter().map(|(_, weight)| *weight).fold(0.0, f64::max);
    hits.into_iter()
        .map(|(row, weight)| Candidate {
            row,
            fit: if best > 0.0 {
                (weight / best).clamp(0.0, 1.0)
            } else {
                0.5
            },
        })
        .collect()
}

/// Two orders fused by reciprocal rank: what is first in both has 1.
pub(super) fn fused(text: &[i64], near: &[i64]) -> Vec<Candidate> {
    let top = 2.0 / (FUSION + 1.0);
    let mut candidates: Vec<Candidate> = Vec::with_capacity(text.len() + near.len());
    for order in [text, near] {
        for (place, row) in (1_u32..).zip(order) {
            let share = 1.0 / (FUSION + f64::from(place)) / top;
            match candidates.iter_mut().find(|one| one.row == *row) {
                Some(known) => known.fit += share,
                None => candidates.push(Candidate {
                    row: *row,
                    fit: share,
                }),
            }
        }
    }
    candidates
}

/// The score that is shown and sorted by: 0 to 1.
pub(super) fn score(fit: f64, pinned: bool, age_days: f64) -> f64 {
    let fresh = (-age_days.max(0.0) / HALF_LIFE_DAYS).exp2();
    let pin = if pinned { PIN } else { 0.0 };
    FIT * fit.clamp(0.0, 1.0) + pin + FRESH * fresh
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_high_in_both_orders_wins() {
        let mut fused = fused(&[1, 2, 3], &[3, 2, 9]);
        fused.sort_by(|one, other| other.fit.total_cmp(&one.fit));
        let rows: Vec<i64> = fused.iter().map(|one| one.row).collect();
        assert_eq!(rows[3], 9);
        assert!(rows[..2].contains(&3) && rows[..2].contains(&2), "{rows:?}");
        assert!((super::fused(&[5], &[5])[0].fit - 1.0).abs() < 1e-9);
    }

    #[test]
    fn hits_that_were_not_weighed_count_half() {
        let fits = |hits: &[(i64, f64)]| -> Vec<f64> {
            by_text(hits.iter().copied())
                .iter()
                .map(|one| one.fit)
                .collect()
        };
        assert_eq!(fits(&[(1, 4.0), (2, 1.0)]), [1.0, 0.25]);
        assert_eq!(fits(&[(1, 0.0), (2, 0.0)]), [0.5, 0.5]);
        assert!(fits(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn a_better_fit_a_pin_and_freshness_never_hurt(
            fit in 0.0..1.0_f64, more in 0.0..1.0_f64, age in 0.0..5000.0_f64, older in 0.0..5000.0_f64
        ) {
            let base = score(fit, false, age);
            prop_assert!((0.0..=1.0).contains(&base));
            prop_assert!(score((fit + more).min(1.0), false, age) >= base);
            prop_assert!(score(fit, true, age) > base);
            prop_assert!(score(fit, false, age + older) <= base);
        }
    }
}
