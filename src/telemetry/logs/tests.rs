//! The log from end to end: what goes in at the sink is found in the files, after a restart too.

use std::{fs, path::Path, sync::Arc, time::Duration};

use serde_json::json;

use super::{line::test_line, *};
use crate::{clock::ManualClock, model::Timestamp};

const START: i64 = 1_763_700_000_000;

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Timestamp::from_millis(START)))
}

fn open(folder: &Path, config: &ObservabilityConfig) -> (LogStore, LogGuard) {
    LogStore::open(folder, clock(), config).unwrap()
}

/// A line as the formatter hands it over.
fn say(store: &LogStore, at: i64, message: &str) {
    let mut line = test_line(0, LogLevel::Info, message);
    line.timestamp = Timestamp::from_millis(at);
    let mut json = serde_json::to_vec(&line).unwrap();
    json.push(b'\n');
    store.sink().put(&json);
}

fn messages(lines: &[LogLine]) -> Vec<&str> {
    lines.iter().map(|line| line.message.as_str()).collect()
}

async fn newest(store: &LogStore, limit: usize) -> LogPage {
    let page = store.page(LogFilter::default(), None, limit).await;
    page.unwrap()
}

fn said(news: &[LogNews]) -> Vec<String> {
    let text = |news: &LogNews| match news {
        LogNews::Line(line) => line.message.clone(),
        LogNews::Gap { missed, .. } => format!("gap {missed:?}"),
    };
    news.iter().map(text).collect()
}

async fn next(follower: &mut LogFollower) -> Vec<String> {
    let batch = tokio::time::timeout(Duration::from_secs(20), follower.next_batch());
    said(&batch.await.unwrap())
}

#[tokio::test]
async fn lines_are_found_again_after_a_restart_and_ids_go_on() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("logs");
    let config = ObservabilityConfig::default();
    let (store, guard) = open(&folder, &config);
    say(&store, START, "one");
    say(&store, START, "key sk-abcdefgh1234");
    drop(guard);
    let first = newest(&store, 10).await;
    assert_eq!(messages(&first.lines), ["key sk-***", "one"]);
    assert_eq!(first.older, None);
    let last = first.lines[0].id;

    // A crash left half a line.
    let file = segments::all(&folder).unwrap().pop().unwrap().path;
    let mut text = fs::read(&file).unwrap();
    text.extend(br#"{"id":99,"timest"#);
    fs::write(&file, text).unwrap();

    let (store, guard) = open(&folder, &config);
    say(&store, START + 1, "two");
    drop(guard);
    let page = newest(&store, 10).await;
    assert_eq!(messages(&page.lines), ["two", "key sk-***", "one"]);
    assert_eq!(page.lines[0].id, last + 1);
    assert_eq!(segments::all(&folder).unwrap().len(), 1, "one file a day");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
        assert_eq!(
            fs::read(folder.join("clawgate.log")).unwrap(),
            fs::read(&file).unwrap()
        );
    }
}

#[tokio::test]
async fn what_the_mask_knows_is_in_no_line() {
    let home = tempfile::tempdir().unwrap();
    let (store, guard) = open(home.path(), &ObservabilityConfig::default());
    store.mask(Box::new(|text| match text.contains("hunter2") {
        true => text.replace("hunter2", "***").into(),
        false => text.into(),
    }));
    let mut line = test_line(0, LogLevel::Info, "said hunter2");
    line.fields.insert("command".to_owned(), json!("x hunter2"));
    line.fields.insert("tries".to_owned(), json!(3));
    store.sink().put(&serde_json::to_vec(&line).unwrap());
    drop(guard);
    let page = newest(&store, 1).await;
    assert_eq!(page.lines[0].message, "said ***");
    assert_eq!(page.lines[0].fields["command"], "x ***");
    assert_eq!(page.lines[0].fields["tries"], 3);
    let file = segments::all(home.path()).unwrap().pop().unwrap().path;
    assert!(!fs::read_to_string(file).unwrap().contains("hunter2"));
}

#[tokio::test]
async fn pages_lead_back_and_forth_without_a_line_twice() {
    let home = tempfile::tempdir().unwrap();
    let (store, guard) = open(home.path(), &ObservabilityConfig::default());
    for number in 0..25 {
        say(&store, START + number, &number.to_string());
    }
    drop(guard);
    let mut seen = Vec::new();
    let mut place = None;
    loop {
        let page = store.page(LogFilter::default(), place, 10).await.unwrap();
        seen.extend(page.lines.iter().map(|line| line.message.clone()));
        match page.older {
            Some(older) => place = Some(older),
            None => break,
        }
    }
    let expected: Vec<String> = (0..25).rev().map(|n: i32| n.to_string()).collect();
    assert_eq!(seen, expected);
    let oldest = store.page(LogFilter::default(), place, 10).await.unwrap();
    let newer = store
        .page(LogFilter::default(), Some(oldest.newer), 10)
        .await;
    let newer = newer.unwrap();
    assert_eq!(messages(&newer.lines).first(), Some(&"14"));
    assert_eq!(messages(&newer.lines).last(), Some(&"5"));
}

#[tokio::test]
async fn a_range_of_time_is_found_without_reading_the_rest() {
    let home = tempfile::tempdir().unwrap();
    let (store, guard) = open(home.path(), &ObservabilityConfig::default());
    for hour in 0..48 {
        say(&store, START + hour * 3_600_000, &hour.to_string());
    }
    drop(guard);
    let at = |hour: i64| Some(Timestamp::from_millis(START + hour * 3_600_000));
    let filter = || LogFilter::default().between(at(20), at(22)).unwrap();
    let page = store.page(filter(), None, 10).await.unwrap();
    assert_eq!(messages(&page.lines), ["22", "21", "20"]);
    assert_eq!(page.older, None);
    assert!(segments::all(home.path()).unwrap().len() >= 3, "one a day");
    let (lines, next) = store.export(Arc::new(filter()), None).await.unwrap();
    assert_eq!(messages(&lines), ["20", "21", "22"]);
    assert_eq!(next, None);
    let (from, to) = (at(20).unwrap(), at(22).unwrap());
    let counted = store.histogram(filter(), from, to, 3).await.unwrap();
    let infos: Vec<u64> = counted.buckets.iter().map(|levels| levels[2]).collect();
    assert_eq!(infos, [1, 1, 1]);
    assert_eq!(counted.counted_from, None);
    let targets = store.targets().await.unwrap();
    assert_eq!(targets.targets["clawgate::test"], 48);
}

#[tokio::test]
async fn files_are_rotated_and_the_oldest_go() {
    let home = tempfile::tempdir().unwrap();
    let config = ObservabilityConfig {
        log_max_bytes: 64 * 1024,
        log_keep_days: 2,
        ..ObservabilityConfig::default()
    };
    fs::write(home.path().join("clawgate.2020-01-01.log"), "{}\n").unwrap();
    fs::write(home.path().join("notes.txt"), "mine").unwrap();
    let (store, guard) = open(home.path(), &config);
    for number in 0..600 {
        say(&store, START, &format!("{number} {}", "x".repeat(200)));
        // The thread keeps up.
        while number % 100 == 99 && store.inner.ring.next_id() < 1 + number {
            tokio::task::yield_now().await;
        }
    }
    drop(guard);
    let all = segments::all(home.path()).unwrap();
    let bytes: u64 = all.iter().map(|segment| segment.bytes).sum();
    assert!(bytes <= 80 * 1024, "{bytes}");
    assert!(all.len() >= 3 && all[0].first_id.is_some(), "{all:?}");
    assert!(home.path().join("notes.txt").exists());
    let page = newest(&store, 1).await;
    assert!(page.lines[0].message.starts_with("599 "));

    let (store, guard) = open(home.path(), &config);
    say(&store, START + 3 * 86_400_000, "days later");
    drop(guard);
    let all = segments::all(home.path()).unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
}

#[tokio::test]
async fn a_follower_reads_from_the_files_what_memory_has_forgotten() {
    let home = tempfile::tempdir().unwrap();
    let config = ObservabilityConfig::default();
    let (store, guard) = open(home.path(), &config);
    for number in 0..3000 {
        say(&store, START, &number.to_string());
    }
    drop(guard);
    let lost = store.sink().lost();
    let first = store
        .page(LogFilter::default(), Some(LogPlace::After(0)), 1)
        .await
        .unwrap();
    let first = first.lines[0].id;
    let mut follower = store.follow(LogFilter::default(), Some(first));
    let mut seen = Vec::new();
    while seen.len() < 2999 {
        seen.extend(next(&mut follower).await);
    }
    assert_eq!(lost, 0);
    let expected: Vec<String> = (1..3000).map(|n: i32| n.to_string()).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_follower_is_told_what_is_gone() {
    let home = tempfile::tempdir().unwrap();
    let config = ObservabilityConfig::default();
    let (store, guard) = open(home.path(), &config);
    for number in 0..10 {
        say(&store, START, &number.to_string());
    }
    drop(guard);
    let page = newest(&store, 10).await;
    let ids: Vec<u64> = page.lines.iter().rev().map(|line| line.id).collect();
    // Somebody took lines out of the file.
    let file = segments::all(home.path()).unwrap()[0].path.clone();
    let text = fs::read_to_string(&file).unwrap();
    let kept: Vec<&str> = text
        .lines()
        .enumerate()
        .filter(|(n, _)| !(3..5).contains(n))
        .map(|(_, l)| l)
        .collect();
    fs::write(&file, kept.join("\n") + "\n").unwrap();
    let (store, guard) = open(home.path(), &config);
    let mut follower = store.follow(LogFilter::default(), Some(ids[1]));
    let seen = next(&mut follower).await;
    assert_eq!(seen, ["2", "gap Some(2)", "5", "6", "7", "8", "9"]);
    say(&store, START, "live");
    assert_eq!(next(&mut follower).await, ["live"]);
    let mut ahead = store.follow(LogFilter::default(), Some(u64::MAX / 2));
    assert_eq!(next(&mut ahead).await, ["gap None"]);
    fs::remove_file(&file).unwrap();
    let mut late = store.follow(LogFilter::default(), Some(ids[0]));
    assert_eq!(next(&mut late).await, ["gap Some(9)"]);
    assert_eq!(next(&mut late).await, ["live"]);
    drop(guard);
}

#[tokio::test]
async fn a_follower_gets_only_what_it_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let (store, guard) = open(home.path(), &ObservabilityConfig::default());
    let filter = LogFilter::default().with_text(Some("wanted")).unwrap();
    let mut follower = store.follow(filter, None);
    for text in ["other", "wanted 1", "other", "wanted 2"] {
        say(&store, START, text);
    }
    drop(guard);
    let mut seen = next(&mut follower).await;
    while seen.len() < 2 {
        seen.extend(next(&mut follower).await);
    }
    assert_eq!(seen, ["wanted 1", "wanted 2"]);
}

#[tokio::test]
async fn lines_that_come_too_fast_are_counted_and_nobody_waits() {
    let (sink, inlet) = LogSink::new();
    let line = vec![b'x'; 100 * 1024];
    for _ in 0..100 {
        sink.put(&line);
    }
    let lost = sink.lost();
    assert!((15..30).contains(&lost), "eight megabytes may wait: {lost}");
    let home = tempfile::tempdir().unwrap();
    let config = ObservabilityConfig::default();
    let ring = Arc::new(Ring::new(1));
    let limits = Arc::new(Limits {
        most_bytes: config.log_max_bytes.into(),
        keep_days: config.log_keep_days.into(),
    });
    let folder = home.path().to_owned();
    let writer = Writer::new(
        folder.clone(),
        clock(),
        limits,
        Masking::default(),
        ring,
        inlet,
    );
    drop(sink);
    writer.run();
    let mut told = Vec::new();
    let mut lines = 0;
    scan::backward(&folder, None, None, Budget(1 << 30), &mut |_, bytes| {
        lines += 1;
        let line = LogLine::parse(bytes).unwrap();
        told.extend(line.fields.get("lost").cloned());
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(told, [json!(lost)]);
    assert_eq!(lines, 101 - lost);
}

#[tokio::test]
async fn what_is_no_json_is_kept_as_words() {
    let home = tempfile::tempdir().unwrap();
    let (store, guard) = open(home.path(), &ObservabilityConfig::default());
    store.sink().put(b"not a line \xff at all");
    drop(guard);
    let page = newest(&store, 1).await;
    assert!(page.lines[0].message.starts_with("not a line"), "{page:?}");
    assert_eq!(page.lines[0].level, LogLevel::Warn);
}

#[tokio::test]
async fn a_folder_that_can_not_be_written_stops_nobody() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("logs");
    let (store, guard) = open(&folder, &ObservabilityConfig::default());
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "in the way").unwrap();
    let mut follower = store.follow(LogFilter::default(), None);
    say(&store, START, "shown");
    assert_eq!(next(&mut follower).await, ["shown"]);
    assert!(store.page(LogFilter::default(), None, 1).await.is_err());
    fs::remove_file(&folder).unwrap();
    say(&store, START, "again");
    drop(guard);
    let page = newest(&store, 10).await;
    assert!(messages(&page.lines).contains(&"again"), "{page:?}");
    assert!(
        messages(&page.lines)[0].starts_with("1 log lines were lost"),
        "{page:?}"
    );
}
