//! Changing a message that waits. The change and the beginning of its turn do not cross: whichever
//! comes first holds what was said until it is done.

use std::sync::Arc;

use super::{Agent, AgentError, accept::check, live::LiveTurn};
use crate::model::{Attachment, BusEvent, SessionChange, SessionChanged, TurnId};

/// Why a message can't be changed.
const BEGUN: &str = "the message waits no longer, so it can't be changed";

impl Agent {
    /// Changes the text or the files of a message that waits; it keeps its place. What is not
    /// given stays as it is.
    pub async fn change(
        &self,
        id: TurnId,
        message: Option<String>,
        attachments: Option<Vec<Attachment>>,
    ) -> Result<(), AgentError> {
        let Some(live) = self.inner.queues.find(id) else {
            return match self.find(id).await? {
                Some(_) => Err(AgentError::Ended),
                None => Err(AgentError::NoTurn),
            };
        };
        let agent = self.clone();
        self.see_through("change", async move {
            agent.change_live(&live, message, attachments).await
        })
        .await
    }

    async fn change_live(
        &self,
        live: &Arc<LiveTurn>,
        message: Option<String>,
        attachments: Option<Vec<Attachment>>,
    ) -> Result<(), AgentError> {
        let parts = &self.inner.parts;
        let mut asked = live.asked().await;
        let said = asked.as_mut().ok_or(AgentError::Conflict(BEGUN))?;
        let mut new = said.clone();
        if let Some(message) = message {
            new.input = message;
        }
        if let Some(files) = &attachments {
            new.attachments.clone_from(files);
        }
        check(&new.input, &new.context, &new.attachments)?;
        let changed = parts
            .store
            .change_waiting_turn(live.job.id, new.input.clone(), attachments)
            .await?;
        if !changed {
            return Err(AgentError::Conflict(BEGUN));
        }
        *said = new;
        drop(asked);
        parts.bus.publish(&BusEvent::SessionChanged(SessionChanged {
            session_id: live.job.session_id.clone(),
            turn_id: Some(live.job.id),
            change: SessionChange::Queue,
        }));
        Ok(())
    }
}
