//! What came before the last words of an answer: what was said, the tools that were used, and
//! what came of it.

use poem_openapi::Object;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ApprovalId, Decision, Risk};

/// One answer of the model, with the tools that it asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Object)]
pub struct Step {
    /// What it said.
    pub text: String,
    /// The calls, in order; none in the last answer.
    pub calls: Vec<StepCall>,
}

/// A tool call and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Object)]
#[serde(default)]
#[oai(skip_serializing_if_is_none)]
pub struct StepCall {
    /// Names it within its turn.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments, without secrets.
    pub args: Value,
    /// What would happen, for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// How dangerous it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// What it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// Whether it worked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub success: Option<bool>,
    /// How long it took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Where the output comes from, when others may have written it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What a card shows beside the output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
    /// The decision that it waited for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<StepApproval>,
}

/// A decision that a call waited for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct StepApproval {
    /// The request.
    pub request_id: ApprovalId,
    /// The decision, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The answer to a question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}
