//! What is left of the beginning of a long conversation in the prompt: its summary.

use super::{Durability, Store, StoreError};
use crate::model::{SessionId, TurnId};

/// A summary of the beginning of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The words.
    pub text: String,
    /// The last turn that it covers.
    pub until: TurnId,
}

impl Store {
    /// The summary of a session's beginning, where there is one and the turn that it ends with is
    /// still shown.
    pub async fn find_summary(&self, session: &SessionId) -> Result<Option<Summary>, StoreError> {
        let found: Option<(String, Vec<u8>)> = sqlx::query_as(
            "select summary, summary_until from sessions
             join turns on turns.id = sessions.summary_until
             where sessions.id = ?1 and summary is not null
                 and turns.session_id = sessions.id and turns.active = 1",
        )
        .bind(session.as_str())
        .fetch_optional(self.readers())
        .await?;
        found
            .map(|(text, until)| {
                let until = TurnId::from_bytes(&until)
                    .map_err(|_| StoreError::Corrupt("sessions.summary_until"))?;
                Ok(Summary { text, until })
            })
            .transpose()
    }

    /// Keeps a summary in the place of an earlier one.
    pub async fn set_summary(
        &self,
        session: SessionId,
        summary: Summary,
    ) -> Result<(), StoreError> {
        self.write(Durability::Process, move |db| {
            Box::pin(async move {
                sqlx::query("update sessions set summary = ?2, summary_until = ?3 where id = ?1")
                    .bind(session.as_str())
                    .bind(summary.text)
                    .bind(summary.until.as_bytes().to_vec())
                    .execute(db)
                    .await?;
                Ok(())
            })
        })
        .await
    }
}
