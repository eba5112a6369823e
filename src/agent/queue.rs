//! Who runs and who waits. A session runs one turn at a time; sessions do not wait for each
//! other.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{AgentError, QUEUE_LIMIT, live::LiveTurn};
use crate::model::{SessionId, TurnId};

#[derive(Debug, Default)]
struct Session {
    running: Option<Arc<LiveTurn>>,
    waiting: VecDeque<Arc<LiveTurn>>,
    /// Places promised to messages that are being written.
    promised: usize,
}

#[derive(Debug, Default)]
struct State {
    sessions: HashMap<SessionId, Session>,
    turns: HashMap<TurnId, Arc<LiveTurn>>,
}

/// All turns that have not ended.
#[derive(Debug, Default)]
pub(super) struct Queues {
    state: Mutex<State>,
}

/// A place promised to a message; given back when dropped.
pub(super) struct Place<'a> {
    queues: &'a Queues,
    session: SessionId,
}

impl Queues {
    /// Promises a place, if there is one.
    pub(super) fn reserve(&self, session: &SessionId) -> Result<Place<'_>, AgentError> {
        let mut state = self.lock();
        let entry = state.sessions.entry(session.clone()).or_default();
        let ahead = entry.waiting.len() + entry.promised + usize::from(entry.running.is_some());
        if ahead > QUEUE_LIMIT {
            return Err(AgentError::QueueFull);
        }
        entry.promised += 1;
        Ok(Place {
            queues: self,
            session: session.clone(),
        })
    }

    /// Puts a turn in line without asking for room: it was accepted before a restart.
    pub(super) fn restore(&self, live: &Arc<LiveTurn>) -> usize {
        self.lock().enter(live)
    }

    /// The running turn of a session has ended: who is next?
    pub(super) fn leave(&self, live: &LiveTurn) -> Option<Arc<LiveTurn>> {
        let mut state = self.lock();
        state.turns.remove(&live.job.id);
        let session = state.sessions.get_mut(&live.job.session_id)?;
        session.running = session.waiting.pop_front();
        let next = session.running.clone();
        state.tidy(&live.job.session_id);
        next
    }

    /// Takes a turn out of its queue, if it still waits. It can be found, and so be read, until
    /// [`Queues::forget`].
    pub(super) fn withdraw(&self, id: TurnId) -> Option<Arc<LiveTurn>> {
        let mut state = self.lock();
        let session_id = state.turns.get(&id)?.job.session_id.clone();
        let session = state.sessions.get_mut(&session_id)?;
        let at = session
            .waiting
            .iter()
            .position(|waiting| waiting.job.id == id)?;
        session.waiting.remove(at)
    }

    /// A withdrawn turn has ended.
    pub(super) fn forget(&self, id: TurnId) {
        self.lock().turns.remove(&id);
    }

    pub(super) fn find(&self, id: TurnId) -> Option<Arc<LiveTurn>> {
        self.lock().turns.get(&id).cloned()
    }

    pub(super) fn position(&self, id: TurnId) -> Option<usize> {
        let state = self.lock();
        let session = state.sessions.get(&state.turns.get(&id)?.job.session_id)?;
        session
            .waiting
            .iter()
            .position(|waiting| waiting.job.id == id)
            .map(|at| at + 1)
    }

    /// The turns of a session: those that wait first, the running one last, so that stopping
    /// them in this order starts none of them.
    pub(super) fn turns_of(&self, session: &SessionId) -> Vec<TurnId> {
        let state = self.lock();
        let Some(session) = state.sessions.get(session) else {
            return Vec::new();
        };
        session
            .waiting
            .iter()
            .rev()
            .chain(&session.running)
            .map(|live| live.job.id)
            .collect()
    }

    pub(super) fn running(&self) -> usize {
        self.lock()
            .sessions
            .values()
            .filter(|session| session.running.is_some())
            .count()
    }

    pub(super) fn waiting(&self) -> usize {
        let state = self.lock();
        state.sessions.values().map(|one| one.waiting.len()).sum()
    }

    pub(super) fn sessions(&self) -> usize {
        self.lock().sessions.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn enter(&mut self, live: &Arc<LiveTurn>) -> usize {
        self.turns.insert(live.job.id, Arc::clone(live));
        let session = self
            .sessions
            .entry(live.job.session_id.clone())
            .or_default();
        if session.running.is_none() {
            session.running = Some(Arc::clone(live));
            return 0;
        }
        session.waiting.push_back(Arc::clone(live));
        session.waiting.len()
    }

    fn tidy(&mut self, id: &SessionId) {
        let idle = |session: &Session| session.running.is_none() && session.promised == 0;
        if self.sessions.get(id).is_some_and(idle) {
            self.sessions.remove(id);
        }
    }
}

impl Place<'_> {
    /// Takes the place; answers how many turns come before. 0: run it now.
    pub(super) fn enter(self, live: &Arc<LiveTurn>) -> usize {
        self.queues.lock().enter(live)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.queues.lock();
        if let Some(session) = state.sessions.get_mut(&self.session) {
            session.promised = session.promised.saturating_sub(1);
        }
        state.tidy(&self.session);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        agent::live::{Said, TurnJob},
        model::{Origin, Timestamp},
    };

    fn turn(session: &str) -> Arc<LiveTurn> {
        let job = TurnJob {
            id: TurnId::fresh(),
            session_id: session.parse().unwrap(),
            origin: Origin::Api,
            device_id: None,
            job: None,
            model: None,
            tools: true,
            only_tools: None,
            created_at: Timestamp::default(),
            first_in_session: false,
            recovery: None,
        };
        Arc::new(LiveTurn::new(job, Said::default()))
    }

    fn enter(queues: &Queues, live: &Arc<LiveTurn>) -> Result<usize, AgentError> {
        Ok(queues.reserve(&live.job.session_id)?.enter(live))
    }

    #[test]
    fn a_session_runs_one_and_keeps_eight_waiting() {
        let queues = Queues::default();
        let turns: Vec<_> = (0..10).map(|_| turn("s")).collect();
        for (place, live) in turns.iter().take(9).enumerate() {
            assert_eq!(enter(&queues, live).unwrap(), place);
        }
        assert!(matches!(
            enter(&queues, &turns[9]),
            Err(AgentError::QueueFull)
        ));
        assert_eq!(enter(&queues, &turn("other")).unwrap(), 0);
        assert_eq!(queues.position(turns[3].job.id), Some(3));
        assert!(queues.withdraw(turns[2].job.id).is_some());
        assert!(queues.withdraw(turns[0].job.id).is_none());
        assert_eq!(queues.position(turns[3].job.id), Some(2));
        assert_eq!(queues.leave(&turns[0]).unwrap().job.id, turns[1].job.id);
        assert_eq!(enter(&queues, &turns[9]).unwrap(), 7);
    }

    #[test]
    fn nothing_is_left_of_a_session_at_rest() {
        let queues = Queues::default();
        let live = turn("s");
        enter(&queues, &live).unwrap();
        assert!(queues.leave(&live).is_none());
        drop(queues.reserve(&live.job.session_id).unwrap());
        let state = queues.lock();
        assert!(state.sessions.is_empty() && state.turns.is_empty());
    }
}
