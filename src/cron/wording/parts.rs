//! The small pieces that a wording is made of: times of day, spans, days.

use jiff::civil::{Time, Weekday};

/// The words that are left.
pub(super) struct Said<'a> {
    pub(super) rest: &'a [String],
}

impl<'a> Said<'a> {
    pub(super) fn new(words: &'a [String]) -> Self {
        Self { rest: words }
    }

    pub(super) fn peek(&self) -> Option<&'a str> {
        self.rest.first().map(String::as_str)
    }

    pub(super) fn take(&mut self) -> Option<&'a str> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// Takes one of these words, if it comes next.
    pub(super) fn skip(&mut self, words: &[&str]) -> bool {
        let comes = self.peek().is_some_and(|next| words.contains(&next));
        if comes {
            self.take();
        }
        comes
    }

    /// Takes what `read` makes sense of.
    pub(super) fn read<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let before = self.rest;
        let found = read(self);
        if found.is_none() {
            self.rest = before;
        }
        found
    }

    /// "at :15", "at 15 past".
    pub(super) fn minute_past(&mut self) -> Option<u8> {
        if !self.skip(&["at"]) {
            return None;
        }
        let minute = self.take()?.trim_start_matches(':').parse().ok()?;
        let _said = self.skip(&["minutes", "past"]) && self.skip(&["past"]);
        (minute < 60).then_some(minute)
    }

    /// "15 minutes", "an hour", "2 hours and 30 minutes".
    pub(super) fn span(&mut self) -> Option<u64> {
        let mut total = self.read(Self::one_span)?;
        loop {
            let more = self.read(|said| {
                said.skip(&["and"]);
                said.one_span()
            });
            match more {
                Some(more) => total = total.checked_add(more)?,
                None => return Some(total),
            }
        }
    }

    fn one_span(&mut self) -> Option<u64> {
        let word = self.take()?;
        let digits = word
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(word.len());
        let (number, unit) = word.split_at(digits);
        let (count, unit) = if number.is_empty() {
            let count = match word {
                "a" | "an" | "one" => 1,
                "half" => {
                    self.skip(&["an", "a"]);
                    return self.skip(&["hour"]).then_some(1800);
                }
                word => number_word(word)?,
            };
            (count, self.take()?)
        } else if unit.is_empty() {
            (number.parse().ok()?, self.take()?)
        } else {
            (number.parse().ok()?, unit)
        };
        let size = match unit {
            "s" | "sec" | "secs" | "second" | "seconds" => 1,
            "m" | "min" | "mins" | "minute" | "minutes" => 60,
            "h" | "hr" | "hrs" | "hour" | "hours" => 3600,
            "d" | "day" | "days" => 86_400,
            "w" | "week" | "weeks" => 604_800,
            _ => return None,
        };
        let secs = count * size;
        (secs > 0 && count < 1_000_000).then_some(secs)
    }

    pub(super) fn day_of_month(&mut self) -> Option<String> {
        let word = self.take()?;
        if word == "last" {
            return Some("L".to_owned());
        }
        let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        let day = match ordinal_word(word) {
            Some(day) => day,
            None => digits
                .parse()
                .ok()
                .filter(|_| ["", "st", "nd", "rd", "th"].contains(&&word[digits.len()..]))?,
        };
        (1..=31).contains(&day).then(|| day.to_string())
    }

    /// "at 9", "9:30", "at 5pm", "at noon".
    pub(super) fn time(&mut self) -> Option<Time> {
        let said = self.skip(&["at"]);
        let word = self.take()?;
        match word {
            "noon" | "midday" => return Some(Time::constant(12, 0, 0, 0)),
            "midnight" => return Some(Time::constant(0, 0, 0, 0)),
            _ => {}
        }
        let half = |endings: [&str; 2]| endings.iter().find_map(|ending| word.strip_suffix(ending));
        let (digits, shift) = match (half(["pm", "p.m"]), half(["am", "a.m"])) {
            (Some(digits), _) => (digits, Some(12)),
            (_, Some(digits)) => (digits, Some(0)),
            (None, None) => (word, None),
        };
        let (hour, minute) = digits.split_once([':', '.']).unwrap_or((digits, "0"));
        // A bare number is a time only after "at".
        if !said && shift.is_none() && !digits.contains(':') {
            return None;
        }
        let (mut hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
        if let Some(shift) = shift {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + shift;
        } else if hour < 12 && self.skip_evening() {
            hour += 12;
        }
        Time::new(hour, minute, 0, 0).ok()
    }

    /// "in the evening", which follows a time.
    fn skip_evening(&mut self) -> bool {
        let before = self.rest;
        if self.skip(&["in"]) {
            if self.skip(&["evening", "afternoon"]) {
                return true;
            }
            if self.skip(&["morning"]) {
                return false;
            }
        }
        self.rest = before;
        false
    }
}

pub(super) fn weekday(word: &str) -> Option<Weekday> {
    let word = word.trim_end_matches('s');
    let days = [
        ("sunday", Weekday::Sunday),
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
    ];
    let found = |(name, _): &&(&str, Weekday)| word.len() >= 3 && name.starts_with(word);
    days.iter().find(found).map(|(_, day)| *day)
}

fn number_word(word: &str) -> Option<u64> {
    let words = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve", "fifteen", "twenty", "thirty", "forty",
    ];
    let numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 30, 40];
    let at = words.iter().position(|known| *known == word)?;
    numbers.get(at).copied()
}

fn ordinal_word(word: &str) -> Option<u8> {
    let words = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth",
    ];
    let at = words.iter().position(|known| *known == word)?;
    u8::try_from(at + 1).ok()
}
