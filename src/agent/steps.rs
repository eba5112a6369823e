//! What a turn did so far, step by step: a pure fold over its events. The journal is the only
//! truth, so a turn that is taken up after a restart stands exactly where its events left it, and
//! what the model is told is made from the same steps as what is kept.

use crate::{
    model::{Step, StepApproval, StepCall, TurnEventKind},
    providers::{ChatMessage, ToolCall},
    tools::Boundary,
};

/// What became of a call that a restart cut off.
pub(super) const UNKNOWN: &str = "The gateway was stopped while this was under way. Whether it \
     took effect is not known: look before you do it again.";

/// What became of a call that was under way when its turn was stopped.
const STOPPED: &str = "It was stopped.";

#[derive(Clone, Debug, Default)]
struct Building {
    /// What was said, with the place of each piece.
    pieces: Vec<(u32, String)>,
    calls: Vec<StepCall>,
}

impl Building {
    fn is_settled(&self) -> bool {
        self.calls.iter().all(|call| call.output.is_some())
    }

    fn text(&self) -> String {
        self.pieces.iter().map(|(_, text)| text.as_str()).collect()
    }
}

/// The steps of a turn.
#[derive(Clone, Debug, Default)]
pub(super) struct Steps {
    steps: Vec<Building>,
    thoughts: Vec<(u32, String)>,
}

impl Steps {
    /// Takes in the next event.
    pub(super) fn take(&mut self, seq: u32, kind: &TurnEventKind) {
        match kind {
            TurnEventKind::Thinking(thinking) => {
                self.thoughts.push((seq, thinking.content.clone()));
            }
            TurnEventKind::Chunk(chunk) => {
                if self.steps.last().is_none_or(|step| !step.calls.is_empty()) {
                    self.steps.push(Building::default());
                }
                if let Some(step) = self.steps.last_mut() {
                    step.pieces.push((seq, chunk.content.clone()));
                }
            }
            TurnEventKind::ToolCall(call) => {
                let after_results = |step: &Building| !step.calls.is_empty() && step.is_settled();
                if self.steps.last().is_none_or(after_results) {
                    self.steps.push(Building::default());
                }
                if let Some(step) = self.steps.last_mut() {
                    step.calls.push(StepCall {
                        id: call.id.clone(),
                        name: call.name.clone(),
                        args: call.args.clone(),
                        summary: call.summary.clone(),
                        risk: call.risk,
                        ..StepCall::default()
                    });
                }
            }
            TurnEventKind::ApprovalRequest(request) => {
                if let Some(call) = self.call_mut(&request.call_id) {
                    call.approval = Some(StepApproval {
                        request_id: request.request_id,
                        decision: None,
                        by: None,
                        answer: None,
                    });
                }
            }
            TurnEventKind::ApprovalResolved(resolved) => {
                if let Some(call) = self.call_mut(&resolved.call_id) {
                    call.approval = Some(StepApproval {
                        request_id: resolved.request_id,
                        decision: Some(resolved.decision),
                        by: Some(resolved.by.clone()),
                        answer: resolved.answer.clone(),
                    });
                }
            }
            TurnEventKind::ToolResult(result) => {
                if let Some(call) = self.call_mut(&result.id) {
                    call.output = Some(result.output.clone());
                    call.success = Some(result.success);
                    call.duration_ms = Some(result.duration_ms);
                    call.source.clone_from(&result.source);
                    call.details.clone_from(&result.details);
                }
            }
            TurnEventKind::Notice(notice) => {
                if let Some(from) = notice.discard_from_seq {
                    self.discard(from);
                }
            }
            TurnEventKind::TurnStarted(_)
            | TurnEventKind::MemoryUsed(_)
            | TurnEventKind::ToolOutput(_)
            | TurnEventKind::Done(_)
            | TurnEventKind::Error(_)
            | TurnEventKind::Cancelled(_) => {}
        }
    }

    fn discard(&mut self, from: u32) {
        self.thoughts.retain(|(seq, _)| *seq < from);
        for step in &mut self.steps {
            step.pieces.retain(|(seq, _)| *seq < from);
        }
        self.steps
            .retain(|step| !step.calls.is_empty() || !step.pieces.is_empty());
    }

    fn call_mut(&mut self, id: &str) -> Option<&mut StepCall> {
        let calls = self.steps.iter_mut().rev().flat_map(|step| &mut step.calls);
        calls.into_iter().find(|call| call.id == id)
    }

    /// All that was said.
    pub(super) fn text(&self) -> String {
        self.steps.iter().map(Building::text).collect()
    }

    /// All that was thought.
    pub(super) fn reasoning(&self) -> String {
        self.thoughts
            .iter()
            .map(|(_, text)| text.as_str())
            .collect()
    }

    /// Whether no tool was used.
    pub(super) fn is_empty(&self) -> bool {
        self.steps.iter().all(|step| step.calls.is_empty())
    }

    /// Whether what is said next is a new step: tools were used since the last words.
    pub(super) fn begins_anew(&self) -> bool {
        self.steps.last().is_some_and(|step| !step.calls.is_empty())
    }

    /// Calls that nothing has come of yet, in order.
    pub(super) fn open_calls(&self) -> Vec<StepCall> {
        let calls = self.steps.iter().flat_map(|step| &step.calls);
        calls
            .filter(|call| call.output.is_none())
            .cloned()
            .collect()
    }

    /// A name for a call that no other call of this turn has: some models begin to count anew with
    /// each answer.
    pub(super) fn name_for(&self, wanted: &str, taken: &[String]) -> String {
        let is_taken = |id: &str| {
            let mut calls = self.steps.iter().flat_map(|step| &step.calls);
            calls.any(|call| call.id == id) || taken.iter().any(|one| one == id)
        };
        let wanted = if wanted.is_empty() { "call" } else { wanted };
        if !is_taken(wanted) {
            return wanted.to_owned();
        }
        (2_u32..)
            .map(|number| format!("{wanted}_{number}"))
            .find(|id| !is_taken(id))
            .unwrap_or_default()
    }

    /// The steps as they are kept; empty when no tool was used. Whatever has no result was
    /// stopped.
    pub(super) fn kept(&self) -> Vec<Step> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut kept = self.so_far();
        for call in kept.iter_mut().flat_map(|step| &mut step.calls) {
            if call.output.is_none() {
                call.output = Some(STOPPED.to_owned());
                call.success = Some(false);
            }
        }
        kept
    }

    /// The steps as they stand. What sets a paragraph apart from the one before is no part of it.
    pub(super) fn so_far(&self) -> Vec<Step> {
        let steps = self.steps.iter();
        steps
            .map(|step| Step {
                text: step.text().trim_start_matches('\n').to_owned(),
                calls: step.calls.clone(),
            })
            .collect()
    }
}

/// Steps as messages of the conversation with the model. `longest`: bytes of an output that are
/// told at most.
pub(super) fn messages_of(steps: &[Step], boundary: &Boundary, longest: usize) -> Vec<ChatMessage> {
    let mut messages = Vec::new();
    for step in steps {
        let text = step.text.trim().to_owned();
        let tool_calls: Vec<ToolCall> = step
            .calls
            .iter()
            .map(|call| ToolCall {
                id: call.id.clone(),
                name: call.name.clone(),
                args: call.args.clone(),
            })
            .collect();
        if !text.is_empty() || !tool_calls.is_empty() {
            messages.push(ChatMessage::Assistant { text, tool_calls });
        }
        for call in &step.calls {
            let output = call.output.as_deref().unwrap_or(UNKNOWN);
            let output = shortened(output, longest);
            messages.push(ChatMessage::ToolResult {
                call_id: call.id.clone(),
                name: call.name.clone(),
                output: match &call.source {
                    Some(source) => boundary.around(source, &output),
                    None => output,
                },
            });
        }
    }
    messages
}

/// The beginning of a long text, and how much is missing.
pub(super) fn shortened(text: &str, longest: usize) -> String {
    if text.len() <= longest {
        return text.to_owned();
    }
    let end = (0..=longest)
        .rev()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or(0);
    let missing = text.len() - end;
    format!("{}\n[… {missing} more bytes, left out here]", &text[..end])
}

/// The same conversation without calls: what was called and what came of it, told in words. Some
/// models take no calls where no tools are on offer.
pub(super) fn without_calls(messages: Vec<ChatMessage>) -> Vec<ChatMessage> {
    let mut out: Vec<ChatMessage> = Vec::new();
    for message in messages {
        let told = match message {
            ChatMessage::Assistant { text, tool_calls } => {
                let mut told = text;
                for call in tool_calls {
                    let line = format!("[I used the tool {} with {}]", call.name, call.args);
                    if !told.is_empty() {
                        told.push_str("\n\n");
                    }
                    told.push_str(&line);
                }
                ChatMessage::Assistant {
                    text: told,
                    tool_calls: Vec::new(),
                }
            }
            ChatMessage::ToolResult { name, output, .. } => ChatMessage::User {
                text: format!("[What the tool {name} answered]\n{output}"),
                images: Vec::new(),
            },
            other => other,
        };
        match (out.last_mut(), told) {
            (
                Some(ChatMessage::User { text, images }),
                ChatMessage::User {
                    text: more,
                    images: further,
                },
            ) => {
                text.push_str("\n\n");
                text.push_str(&more);
                images.extend(further);
            }
            (_, told) => out.push(told),
        }
    }
    out
}

#[cfg(test)]
#[path = "steps_tests.rs"]
mod tests;
