//! Telling something in a conversation that no model said: a turn that is written down whole. Like
//! a copied turn it has no events of its own, and counts as no work.

use super::{Agent, AgentError, sessions};
use crate::{
    model::{BusEvent, Origin, SessionChange, SessionChanged, SessionId, TurnId, TurnState},
    store::{FinishedTurn, NewTurn},
};

/// What is told.
#[derive(Clone, Debug)]
pub struct Told {
    /// Names the turn; what is told twice under one name is told once.
    pub turn_id: TurnId,
    /// The conversation; made if it is new.
    pub session_id: SessionId,
    /// The door it comes in by.
    pub origin: Origin,
    /// What stands in the place of the message.
    pub heading: String,
    /// What stands in the place of the answer.
    pub text: String,
}

impl Agent {
    /// Writes it down, once, and tells who watches.
    pub async fn tell(&self, told: Told) -> Result<(), AgentError> {
        let parts = &self.inner.parts;
        if parts.store.find_turn(told.turn_id).await?.is_some() {
            return Ok(());
        }
        let at = parts.clock.now();
        let turn = NewTurn {
            id: told.turn_id,
            session_id: told.session_id.clone(),
            title: sessions::title_of(&told.heading),
            origin: told.origin,
            device_id: None,
            input: told.heading,
            context: Vec::new(),
            attachment_names: Vec::new(),
            tools: false,
            only_tools: None,
            model: None,
            job: None,
            replaces: None,
            created_at: at,
        };
        let end = FinishedTurn {
            response: Some(told.text),
            ..FinishedTurn::default()
        };
        parts
            .store
            .insert_told_turn(turn, TurnState::Done, end)
            .await?;
        parts.bus.publish(&BusEvent::SessionChanged(SessionChanged {
            session_id: told.session_id,
            turn_id: None,
            change: SessionChange::Branched,
        }));
        Ok(())
    }
}
