//! Writes a long conversation into the database of a gateway that does not run, in a second and
//! with no model: `seed DATABASE [--turns N]`. Prints the session's id.

use std::{error::Error, io::Write as _, path::PathBuf};

use clawgate::{
    model::{Origin, SessionId, Timestamp, TurnId, TurnState, Usage},
    store::{FinishedTurn, NewTurn, Store, StoreError, TurnStep, TurnWrite},
    telemetry::Metrics,
};
use tokio::sync::mpsc;

type Failure = Box<dyn Error + Send + Sync>;

/// When the conversation began.
const BEGAN: Timestamp = Timestamp::from_millis(1_750_000_000_000);
/// Seconds from one message to the next.
const PACE: i64 = 90;

fn arguments(mut words: impl Iterator<Item = String>) -> Result<(PathBuf, usize), Failure> {
    let database = words.next().ok_or("seed DATABASE [--turns N]")?;
    let mut turns = 2_500;
    while let Some(word) = words.next() {
        match word.as_str() {
            "--turns" => turns = words.next().ok_or("--turns needs a number")?.parse()?,
            _ => return Err(format!("unknown option {word:?}").into()),
        }
    }
    Ok((database.into(), turns))
}

/// What the answers look like: short ones and long ones, lists, tables and code.
fn answer(number: usize) -> String {
    if number == 0 {
        return "Answer 0, the very first, about herons".into();
    }
    let words = "with **some** more words ".repeat(1 + number % 9);
    let more = match number % 7 {
        1 => "\n\n1. First\n2. Second\n   - inside",
        3 => "\n\n| case | before | after |\n|---|---:|---:|\n| small | 12 | 7 |",
        5 => "\n\n```rust\nfn main() {\n    println!(\"seen\");\n}\n```",
        _ => "",
    };
    format!("Answer {number} {words}{more}")
}

/// A turn's beginning and its end.
fn turn(session: &SessionId, number: usize) -> Result<[TurnWrite; 2], Failure> {
    let id = TurnId::fresh();
    let created_at = BEGAN.plus_secs(PACE * i64::try_from(number)?);
    let begins = NewTurn {
        id,
        session_id: session.clone(),
        title: "A long conversation".into(),
        origin: Origin::Chat,
        device_id: None,
        input: format!("Question {number}"),
        context: Vec::new(),
        attachment_names: Vec::new(),
        tools: true,
        only_tools: None,
        model: None,
        job: None,
        replaces: None,
        created_at,
    };
    let ends = FinishedTurn {
        provider: Some("main".into()),
        model: Some("scripted".into()),
        response: Some(answer(number)),
        usage: Usage {
            input_tokens: 12,
            output_tokens: 34,
            ..Usage::default()
        },
        ..FinishedTurn::default()
    };
    let write = |at, step| TurnWrite {
        turn_id: id,
        session_id: session.clone(),
        at,
        step,
        event: None,
    };
    Ok([
        write(created_at, TurnStep::Start(Box::new(begins))),
        write(
            created_at.plus_secs(3),
            TurnStep::Finish(TurnState::Done, Box::new(ends)),
        ),
    ])
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let (database, turns) = arguments(std::env::args().skip(1))?;
    let store = Store::open(&database, Metrics::new(false)).await?;
    let session = SessionId::fresh();
    let (kept, mut results) = mpsc::unbounded_channel::<Result<(), StoreError>>();
    for number in 0..turns {
        for write in turn(&session, number)? {
            let kept = kept.clone();
            store.turn_room().await.write(write, move |result| {
                let _nobody_waits = kept.send(result);
            });
        }
    }
    drop(kept);
    while let Some(result) = results.recv().await {
        result?;
    }
    store.close().await;
    writeln!(std::io::stdout(), "{session}")?;
    Ok(())
}
