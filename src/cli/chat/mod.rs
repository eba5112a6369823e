//! `clawgate chat`: talking to the agent in a terminal. Beside a running gateway it is one more
//! client (`beside.rs`); without one it runs the agent itself (`alone.rs`). What is shown is in
//! `screen.rs`, what is typed in `keyboard.rs`.

mod alone;
mod beside;
mod deciding;
mod keyboard;
mod screen;

use std::{collections::BTreeMap, io::IsTerminal as _, process::ExitCode};

use clap::Args;

use super::{CliError, open_store, output};
use crate::{
    approvals::Ruling,
    config::{CliOverrides, Home},
    model::{ApprovalId, ApprovalRequest, Decision, SessionId, TurnEvent, TurnEventKind, TurnId},
    store::{SessionList, Store},
};
use alone::Alone;
use beside::Beside;
use keyboard::{Keyboard, Typed};
use screen::Screen;

/// What to say, and where.
#[derive(Clone, Debug, Args)]
pub struct ChatArgs {
    /// Says this, prints the answer and ends; without it, what comes on standard input is said,
    /// or a conversation begins
    pub message: Option<String>,
    /// The session to say it in; a fresh one if none is named
    #[arg(long, value_name = "ID")]
    pub session: Option<SessionId>,
    /// Go on with the session that was used last
    #[arg(long = "continue", conflicts_with = "session")]
    pub resume: bool,
    /// A model other than the configured one
    #[arg(long, value_name = "MODEL")]
    pub model: Option<String>,
}

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Well,
    Badly,
    Cancelled,
}

pub(super) async fn run(
    args: ChatArgs,
    env: &BTreeMap<String, String>,
) -> Result<ExitCode, CliError> {
    let once = match &args.message {
        Some(message) => Some(message.clone()),
        None if std::io::stdin().is_terminal() => None,
        None => Some(keyboard::all()?),
    };
    let home = Home::locate(env)?;
    let home = Home::open(home.folder().to_owned())?;
    let agent = match home.running_gateway() {
        Some(url) => {
            let (_, _, store) = open_store(env).await?;
            Agent::Beside(Box::new(Beside::connect(store, &url).await?))
        }
        None => {
            let loaded = crate::config::load(&home, env, CliOverrides::default())?;
            Agent::Alone(Box::new(Alone::build(&home, env, loaded.config).await?))
        }
    };
    let ended = talk(&agent, &args, once).await;
    agent.leave().await;
    ended
}

async fn talk(agent: &Agent, args: &ChatArgs, once: Option<String>) -> Result<ExitCode, CliError> {
    let session_id = match &args.session {
        Some(session) => session.clone(),
        None if args.resume => last_session(agent.store()).await?,
        None => SessionId::fresh(),
    };
    let mut chat = Chat {
        agent,
        session_id,
        model: args.model.clone(),
    };
    match once {
        Some(message) => chat.say_once(message).await,
        None => chat.converse().await,
    }
}

async fn last_session(store: &Store) -> Result<SessionId, CliError> {
    let list = SessionList {
        limit: 1,
        ..SessionList::default()
    };
    let mut sessions = store.list_sessions(list).await?;
    sessions
        .pop()
        .map(|session| session.id)
        .ok_or_else(|| CliError::Usage("there is no session to go on with".to_owned()))
}

/// Whoever makes the agent work.
enum Agent {
    Beside(Box<Beside>),
    Alone(Box<Alone>),
}

/// A turn's events as they come.
enum Turn {
    Beside(Box<beside::Events>),
    Alone(alone::Events),
}

impl Agent {
    fn store(&self) -> &Store {
        match self {
            Self::Beside(agent) => agent.store(),
            Self::Alone(agent) => agent.store(),
        }
    }

    async fn say(
        &self,
        session_id: &SessionId,
        model: Option<&str>,
        message: &str,
    ) -> Result<Turn, CliError> {
        Ok(match self {
            Self::Beside(agent) => {
                Turn::Beside(Box::new(agent.say(session_id, model, message).await?))
            }
            Self::Alone(agent) => Turn::Alone(agent.say(session_id, model, message).await?),
        })
    }

    async fn cancel(&self, turn: TurnId) -> Result<(), CliError> {
        match self {
            Self::Beside(agent) => agent.cancel(turn).await,
            Self::Alone(agent) => agent.cancel(turn).await,
        }
    }

    async fn decide(
        &self,
        turn: TurnId,
        request: ApprovalId,
        ruling: Ruling,
    ) -> Result<(), CliError> {
        match self {
            Self::Beside(agent) => agent.decide(turn, request, ruling).await,
            Self::Alone(agent) => agent.decide(turn, request, ruling).await,
        }
    }

    /// Whether somebody else could decide on a request.
    fn has_others(&self) -> bool {
        matches!(self, Self::Beside(_))
    }

    async fn leave(self) {
        match self {
            Self::Beside(agent) => agent.leave().await,
            Self::Alone(agent) => agent.leave().await,
        }
    }
}

impl Turn {
    /// The next event; none when the turn's stream ended before the turn.
    async fn next(&mut self) -> Result<Option<TurnEvent>, CliError> {
        match self {
            Self::Beside(events) => events.next().await,
            Self::Alone(events) => events.next().await,
        }
    }
}

struct Chat<'a> {
    agent: &'a Agent,
    session_id: SessionId,
    model: Option<String>,
}

impl Chat<'_> {
    async fn say_once(&mut self, message: String) -> Result<ExitCode, CliError> {
        let mut keyboard = if std::io::stdin().is_terminal() {
            Some(Keyboard::watch()?)
        } else {
            None
        };
        match self.answer(&message, keyboard.as_mut()).await? {
            Ended::Well => Ok(ExitCode::SUCCESS),
            Ended::Badly => Ok(ExitCode::FAILURE),
            Ended::Cancelled => Err(CliError::Interrupted),
        }
    }

    async fn converse(&mut self) -> Result<ExitCode, CliError> {
        output::say(format_args!(
            "Session {}. Ctrl-C stops an answer, Ctrl-D leaves.",
            self.session_id
        ));
        let mut keyboard = Keyboard::watch()?;
        loop {
            output::text("> ")?;
            let typed = tokio::select! {
                typed = keyboard.next() => typed,
                _pressed = tokio::signal::ctrl_c() => return Err(CliError::Interrupted),
            };
            match typed {
                Typed::Line(line) if line.trim().is_empty() => {}
                Typed::Line(line) => match self.answer(&line, Some(&mut keyboard)).await {
                    Ok(_) => {}
                    Err(error @ (CliError::Interrupted | CliError::NobodyReads)) => {
                        return Err(error);
                    }
                    // What went wrong with one message need not go wrong with the next.
                    Err(error) => output::say(format_args!("clawgate: {error}")),
                },
                Typed::End => {
                    output::text("\n")?;
                    return Ok(ExitCode::SUCCESS);
                }
            }
        }
    }

    /// Says one thing and shows what is answered. The first Ctrl-C stops the answer, a second
    /// one is [`CliError::Interrupted`].
    async fn answer(
        &mut self,
        message: &str,
        mut keyboard: Option<&mut Keyboard>,
    ) -> Result<Ended, CliError> {
        let said = self
            .agent
            .say(&self.session_id, self.model.as_deref(), message);
        let mut turn = tokio::select! {
            turn = said => turn?,
            _pressed = tokio::signal::ctrl_c() => return Err(CliError::Interrupted),
        };
        let mut screen = Screen::new();
        let (mut turn_id, mut stopping, mut told) = (None, false, false);
        let mut open: Option<ApprovalRequest> = None;
        loop {
            let event = tokio::select! {
                event = turn.next() => event?,
                typed = typed(&mut keyboard), if open.is_some() => {
                    if let (Some(request), Some(turn)) = (&open, turn_id) {
                        self.decide(turn, request, &typed).await?;
                    }
                    continue;
                }
                _pressed = tokio::signal::ctrl_c() => {
                    if stopping {
                        return Err(CliError::Interrupted);
                    }
                    stopping = true;
                    if let Some(turn_id) = turn_id {
                        self.agent.cancel(turn_id).await?;
                        told = true;
                    }
                    continue;
                }
            };
            let Some(event) = event else {
                screen.line_end()?;
                return Err(CliError::Start(
                    "the gateway stopped in the middle of the answer; it goes on after its \
                     restart"
                        .to_owned(),
                ));
            };
            turn_id = Some(event.turn_id);
            if stopping && !told {
                self.agent.cancel(event.turn_id).await?;
                told = true;
            }
            match &event.kind {
                TurnEventKind::ApprovalRequest(request) => {
                    self.show_request(&mut screen, event.turn_id, request, keyboard.is_some())
                        .await?;
                    open = Some(request.clone());
                }
                TurnEventKind::ApprovalResolved(_) => open = None,
                _ => {}
            }
            if let Some(ended) = show(&mut screen, event.kind)? {
                return Ok(ended);
            }
        }
    }

    async fn show_request(
        &self,
        screen: &mut Screen,
        turn: TurnId,
        request: &ApprovalRequest,
        person: bool,
    ) -> Result<(), CliError> {
        for line in deciding::asked(request) {
            screen.remark(&line)?;
        }
        if person {
            output::text(&deciding::prompt(request))
        } else if self.agent.has_others() {
            screen.remark("waits for a decision, on the dashboard or another client")
        } else {
            let ruling = Ruling {
                reason: Some("nobody can be asked here".to_owned()),
                ..Ruling::of(Decision::Deny)
            };
            self.agent.decide(turn, request.request_id, ruling).await
        }
    }

    async fn decide(
        &self,
        turn: TurnId,
        request: &ApprovalRequest,
        typed: &Typed,
    ) -> Result<(), CliError> {
        let ruling = match typed {
            Typed::Line(line) => deciding::ruling(request, line),
            Typed::End => Some(Ruling::of(Decision::Deny)),
        };
        match ruling {
            Some(ruling) => self.agent.decide(turn, request.request_id, ruling).await,
            None => output::text(&deciding::prompt(request)),
        }
    }
}

/// What a person types, where there is one.
async fn typed(keyboard: &mut Option<&mut Keyboard>) -> Typed {
    match keyboard {
        Some(keyboard) => keyboard.next().await,
        None => std::future::pending().await,
    }
}

fn show(screen: &mut Screen, kind: TurnEventKind) -> Result<Option<Ended>, CliError> {
    match kind {
        TurnEventKind::Chunk(chunk) => screen.answer(&chunk.content)?,
        TurnEventKind::Thinking(thinking) => screen.thinking(&thinking.content)?,
        TurnEventKind::Notice(notice) => screen.remark(&notice.message)?,
        TurnEventKind::MemoryUsed(used) => {
            let keys: Vec<&str> = used.memories.iter().map(|one| one.key.as_str()).collect();
            screen.remark(&format!("remembers {}", keys.join(", ")))?;
        }
        TurnEventKind::ToolCall(call) => screen.remark(&format!("uses {}", call.name))?,
        TurnEventKind::Done(done) => {
            screen.whole(&done.response)?;
            return Ok(Some(Ended::Well));
        }
        TurnEventKind::Error(error) => {
            screen.line_end()?;
            output::say(format_args!("clawgate: {}", error.message));
            return Ok(Some(Ended::Badly));
        }
        TurnEventKind::Cancelled(_) => {
            screen.line_end()?;
            output::say("stopped");
            return Ok(Some(Ended::Cancelled));
        }
        TurnEventKind::ToolResult(result) if !result.success => {
            screen.remark(&format!("{} failed", result.name))?;
        }
        TurnEventKind::ApprovalResolved(resolved) => {
            screen.remark(&format!(
                "{} by {}",
                resolved.decision.as_str(),
                resolved.by
            ))?;
        }
        TurnEventKind::TurnStarted(_)
        | TurnEventKind::ApprovalRequest(_)
        | TurnEventKind::ToolOutput(_)
        | TurnEventKind::ToolResult(_) => {}
    }
    Ok(None)
}
