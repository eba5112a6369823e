//! Fills a memory with made-up notes in four languages and times searches in it, beside the same
//! searches with `FTS5`'s own tokenizers and by reading everything. Prints the table of
//! `docs/benchmarks.md`: `memory [ENTRIES]`.

use std::{
    error::Error,
    fmt::Write as _,
    io::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

use clawgate::{
    clock::{Clock, SystemClock},
    config::{Config, ConfigHandle},
    memory::{Memory, MemoryFilter},
    model::{MemoryAuthor, SessionId},
    providers::Unmetered,
    store::{MemoryAct, MemoryState, MemoryWrite, Store},
    telemetry::{Bus, Metrics},
};
use sqlx::{Connection as _, SqliteConnection};

type Failure = Box<dyn Error + Send + Sync>;

/// Entries written in one transaction.
const BATCH: usize = 1000;
/// Searches of each kind.
const SEARCHES: usize = 120;

/// A small generator of its own: the same notes at every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Small numbers often, large ones seldom, as words are used.
    fn rank(&mut self, below: usize) -> usize {
        let unit = (self.next() % 1_000_000) as f64 / 1_000_000.0;
        ((below as f64).powf(unit) - 1.0) as usize % below
    }
}

/// The words of a language.
struct Language {
    name: &'static str,
    words: Vec<String>,
    spaced: bool,
}

fn languages() -> Vec<Language> {
    let mut chance = Chance(42);
    let mut latin = |parts: &[&str], count: usize, longest: u64| -> Vec<String> {
        (0..count)
            .map(|_| {
                let parts_of_it = 2 + chance.next() % longest;
                (0..parts_of_it)
                    .map(|_| parts[(chance.next() % parts.len() as u64) as usize])
                    .collect()
            })
            .collect()
    };
    let english = latin(
        &[
            "ta", "re", "ing", "con", "mo", "st", "er", "li", "ne", "pa", "du", "ow", "ck", "le",
        ],
        20_000,
        3,
    );
    let german = latin(
        &[
            "ver", "ung", "lich", "schaft", "ä", "kran", "haus", "en", "ge", "ü", "stra", "ße",
            "kei",
        ],
        20_000,
        5,
    );
    let mut dense = |from: u32, letters: u32, count: usize| -> Vec<String> {
        (0..count)
            .map(|_| {
                (0..2)
                    .filter_map(|_| {
                        char::from_u32(from + (chance.next() % u64::from(letters)) as u32)
                    })
                    .collect()
            })
            .collect()
    };
    let chinese = dense(0x4E00, 1500, 8000);
    let japanese = dense(0x6000, 900, 6000);
    let language = |name, words, spaced| Language {
        name,
        words,
        spaced,
    };
    vec![
        language("English", english, true),
        language("German", german, true),
        language("Chinese", chinese, false),
        language("Japanese", japanese, false),
    ]
}

fn note(language: &Language, chance: &mut Chance) -> String {
    let mut text = String::new();
    for _ in 0..12 + chance.next() % 24 {
        text.push_str(&language.words[chance.rank(language.words.len())]);
        text.push_str(match (language.spaced, language.name) {
            (true, _) => " ",
            (false, "Japanese") => "は",
            (false, _) => "",
        });
    }
    text
}

async fn filled(store: &Store, notes: &[String]) -> Result<Duration, Failure> {
    let started = Instant::now();
    for (batch, texts) in notes.chunks(BATCH).enumerate() {
        let writes = texts
            .iter()
            .enumerate()
            .map(|(place, text)| {
                let key = format!("note {}", batch * BATCH + place);
                MemoryWrite {
                    key: key.clone(),
                    act: MemoryAct::Create(MemoryState {
                        key,
                        content: text.clone(),
                        category: None,
                        pinned: None,
                    }),
                    expected: None,
                    author: MemoryAuthor::Owner,
                    session_id: None,
                    turn_id: None,
                    at: SystemClock.now(),
                }
            })
            .collect();
        store.write_memories(writes, u64::MAX).await?;
    }
    Ok(started.elapsed())
}

fn quantile(times: &mut [Duration], share: f64) -> f64 {
    times.sort_unstable();
    let place = ((times.len() as f64 - 1.0) * share) as usize;
    times[place].as_secs_f64() * 1000.0
}

/// A table with one of `FTS5`'s own tokenizers, or none.
struct Plain {
    name: &'static str,
    tokenizer: Option<&'static str>,
}

async fn plain(
    plain: &Plain,
    notes: &[String],
    searches: &[(usize, String)],
    languages: &[Language],
) -> Result<String, Failure> {
    let folder = tempfile::tempdir()?;
    let url = format!(
        "sqlite://{}?mode=rwc",
        folder.path().join("plain.db").display()
    );
    let mut db = SqliteConnection::connect(&url).await?;
    let table = match plain.tokenizer {
        Some(tokenizer) => format!(
            "create virtual table t using fts5 (content, content = '', tokenize = '{tokenizer}')"
        ),
        None => "create table t (content text not null)".to_owned(),
    };
    sqlx::query(sqlx::AssertSqlSafe(table))
        .execute(&mut db)
        .await?;
    let mut write = db.begin().await?;
    for (row, text) in (1_i64..).zip(notes) {
        sqlx::query("insert into t (rowid, content) values (?1, ?2)")
            .bind(row)
            .bind(text)
            .execute(&mut *write)
            .await?;
    }
    write.commit().await?;
    let pages: i64 = sqlx::query_scalar(
        "select page_count * page_size from pragma_page_count, pragma_page_size",
    )
    .fetch_one(&mut db)
    .await?;
    let mut times = Vec::new();
    let mut hit = vec![(0_u32, 0_u32); languages.len()];
    for (language, word) in searches {
        let (sql, argument) = match plain.tokenizer {
            Some("trigram") => (
                "select rowid from t where t match ?1 order by rank limit 50",
                format!("\"{word}\""),
            ),
            Some(_) => (
                "select rowid from t where t match ?1 order by rank limit 50",
                format!("\"{word}\"*"),
            ),
            None => (
                "select rowid from t where content like ?1 limit 50",
                format!("%{word}%"),
            ),
        };
        let started = Instant::now();
        let found: Vec<(i64,)> = sqlx::query_as(sql)
            .bind(argument)
            .fetch_all(&mut db)
            .await?;
        times.push(started.elapsed());
        hit[*language].0 += u32::from(!found.is_empty());
        hit[*language].1 += 1;
    }
    Ok(row(plain.name, pages, &mut times, &hit, languages))
}

fn row(
    name: &str,
    bytes: i64,
    times: &mut [Duration],
    hit: &[(u32, u32)],
    languages: &[Language],
) -> String {
    let mut line = format!(
        "| {name} | {} MiB | {:.2} ms | {:.2} ms |",
        bytes / (1 << 20),
        quantile(times, 0.5),
        quantile(times, 0.99)
    );
    for ((found, asked), _) in hit.iter().zip(languages) {
        let _infallible = write!(line, " {} % |", found * 100 / (*asked).max(1));
    }
    line
}

/// Words that stand in some note, so that a search that finds nothing has missed one.
fn words_of(notes: &[String], languages: &[Language], chance: &mut Chance) -> Vec<(usize, String)> {
    (0..SEARCHES)
        .map(|number| {
            let language = number % languages.len();
            let text = &notes[(chance.next() as usize % (notes.len() / 4)) * 4 + language];
            let word = if languages[language].spaced {
                let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
                words[chance.next() as usize % words.len()].to_owned()
            } else {
                let letters: Vec<char> = text.chars().collect();
                let at = chance.next() as usize % (letters.len() - 1);
                letters[at..at + 2].iter().collect()
            };
            (language, word)
        })
        .collect()
}

/// Searches while somebody types, and the choice of memories for a message.
async fn timed(
    memory: &Memory,
    searches: &[(usize, String)],
    languages: &[Language],
    chance: &mut Chance,
) -> Result<(), Failure> {
    let all = MemoryFilter::default();
    let timed = |name: &str, mut times: Vec<Duration>| {
        let (half, most) = (quantile(&mut times, 0.5), quantile(&mut times, 0.99));
        say(&format!(
            "| {name} | | {half:.2} ms | {most:.2} ms | | | | |"
        ))
    };
    let mut typed = Vec::new();
    for (_, word) in searches {
        for letters in 1..=word.chars().count().min(4) {
            let part: String = word.chars().take(letters).collect();
            let started = Instant::now();
            memory.search(&part, &all, 0, 50).await?;
            typed.push(started.elapsed());
        }
    }
    timed("… while it is typed, from the first letter on", typed)?;
    let mut recalled = Vec::new();
    let session = SessionId::fresh();
    for (language, _) in searches {
        let message = note(&languages[*language], chance);
        let started = Instant::now();
        memory.recall_for(&message, &session).await;
        recalled.push(started.elapsed());
    }
    timed(
        "… choosing memories for a message of a dozen words and more",
        recalled,
    )?;
    Ok(())
}

fn say(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout().lock(), "{line}")
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let count = std::env::args()
        .nth(1)
        .map_or(Ok(100_000), |text| text.parse())?;
    let languages = languages();
    let mut chance = Chance(7);
    let notes: Vec<String> = (0..count)
        .map(|number| note(&languages[number % languages.len()], &mut chance))
        .collect();
    let searches = words_of(&notes, &languages, &mut chance);
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("memory.db"), Metrics::new(false)).await?;
    let took = filled(&store, &notes).await?;
    let bytes = i64::try_from(store.size_bytes().await?)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (bus, config) = (
        Bus::new(Arc::clone(&clock)),
        ConfigHandle::new(Config::default()),
    );
    let memory = Memory::new(store.clone(), bus, clock, config, Arc::new(Unmetered));
    let all = MemoryFilter::default();
    let mut times = Vec::new();
    let mut hit = vec![(0, 0); languages.len()];
    for (language, word) in &searches {
        let started = Instant::now();
        let (found, _) = memory.search(word, &all, 0, 50).await?;
        times.push(started.elapsed());
        hit[*language].0 += u32::from(!found.is_empty());
        hit[*language].1 += 1;
    }
    let names: String = languages
        .iter()
        .map(|one| format!(" {} |", one.name))
        .collect();
    let rate = count as f64 / took.as_secs_f64();
    say(&format!("{count} entries, written at {rate:.0} a second"))?;
    say(&format!("| how | size | p50 | p99 |{names}"))?;
    say("| --- | --- | --- | --- | --- | --- | --- | --- |")?;
    let own = "Clawgate, entries and versions included";
    say(&row(own, bytes, &mut times, &hit, &languages))?;
    timed(&memory, &searches, &languages, &mut chance).await?;
    for kind in [
        Plain {
            name: "FTS5, trigram",
            tokenizer: Some("trigram"),
        },
        Plain {
            name: "FTS5, unicode61",
            tokenizer: Some("unicode61 remove_diacritics 2"),
        },
        Plain {
            name: "reading everything (like)",
            tokenizer: None,
        },
    ] {
        say(&plain(&kind, &notes, &searches, &languages).await?)?;
    }
    store.close().await;
    Ok(())
}
