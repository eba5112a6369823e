//! The spans of a turn, named and labelled by OpenTelemetry's conventions for generative AI. No
//! text of a conversation goes into them.

use tracing::{Span, field::Empty};

use crate::model::{SessionId, TurnId, Usage};

/// Around all that a turn does. Log lines within it carry its id.
pub fn turn(turn: TurnId, session: &SessionId, origin: &'static str) -> Span {
    tracing::info_span!(
        target: "clawgate::turn",
        "turn",
        otel.name = "invoke_agent clawgate",
        otel.status_code = Empty,
        turn_id = %turn,
        origin,
        gen_ai.operation.name = "invoke_agent",
        gen_ai.agent.name = "clawgate",
        gen_ai.conversation.id = %session,
        error.r#type = Empty,
    )
}

/// Around one model call, from the request to the end of the answer.
pub fn model_call(provider: &str, model: &str) -> Span {
    tracing::info_span!(
        target: "clawgate::model_call",
        "model_call",
        otel.name = format!("chat {model}"),
        otel.kind = "client",
        otel.status_code = Empty,
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = provider,
        gen_ai.request.model = model,
        gen_ai.response.model = Empty,
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        error.r#type = Empty,
    )
}

/// Notes on a model call's span who answered and what it took.
pub fn model_answered(span: &Span, provider: &str, model: &str, usage: Usage) {
    span.record("gen_ai.provider.name", provider);
    span.record("gen_ai.response.model", model);
    span.record("gen_ai.usage.input_tokens", usage.input_tokens);
    span.record("gen_ai.usage.output_tokens", usage.output_tokens);
}

/// Around all that is gathered before the model is asked the first time.
pub fn prompt() -> Span {
    tracing::info_span!(
        target: "clawgate::prompt",
        "prompt",
        otel.name = "assemble_prompt",
    )
}

/// Around one call of a tool, from its beginning to its result. Its arguments are left out: they
/// may hold what was said.
pub fn tool_call(name: &str, call_id: &str) -> Span {
    tracing::info_span!(
        target: "clawgate::tool_call",
        "tool_call",
        otel.name = format!("execute_tool {name}"),
        otel.status_code = Empty,
        gen_ai.operation.name = "execute_tool",
        gen_ai.tool.name = name,
        gen_ai.tool.call.id = call_id,
        gen_ai.tool.r#type = "function",
        error.r#type = Empty,
    )
}

/// Around the time that a call waits for its owner, or a question for its answer.
pub fn approval(tool: &str, call_id: &str) -> Span {
    tracing::info_span!(
        target: "clawgate::approval",
        "approval",
        otel.name = format!("await_approval {tool}"),
        gen_ai.tool.name = tool,
        gen_ai.tool.call.id = call_id,
        clawgate.decision = Empty,
    )
}

/// Notes on a wait for its owner what was decided.
pub fn decided(span: &Span, decision: &'static str) {
    span.record("clawgate.decision", decision);
}

/// Notes on a span that its work failed; `kind` is a stable word such as `timeout`.
pub fn failed(span: &Span, kind: &'static str) {
    span.record("otel.status_code", "ERROR");
    span.record("error.type", kind);
}
