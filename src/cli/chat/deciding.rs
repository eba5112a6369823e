//! Requests for a decision, in the terminal: what is asked, and what an answer means.

use crate::{
    approvals::Ruling,
    model::{ActionPreview, ApprovalKind, ApprovalRequest, Decision},
};

/// What is asked, line by line.
pub(super) fn asked(request: &ApprovalRequest) -> Vec<String> {
    let mut lines = vec![match request.kind {
        ApprovalKind::Tool => format!(
            "asks to use {} ({} risk): {}",
            request.tool,
            request.risk.as_str(),
            request.summary
        ),
        ApprovalKind::Question => "asks you".to_owned(),
    }];
    match &request.action {
        ActionPreview::Summary(_) => {}
        ActionPreview::Command(command) => {
            lines.push(format!("in {}: {}", command.folder, command.command));
        }
        ActionPreview::Diff(diff) => {
            lines.push(diff.path.clone());
            lines.extend(diff.diff.lines().map(str::to_owned));
        }
        ActionPreview::Request(sent) => {
            lines.push(format!("{} {}", sent.method, sent.url));
            lines.extend(sent.body.iter().cloned());
        }
        ActionPreview::Question(question) => {
            lines.push(question.question.clone());
            let options = (1..).zip(&question.options);
            lines.extend(options.map(|(number, option)| format!("{number}. {option}")));
        }
    }
    lines
}

/// The words that ask for an answer.
pub(super) fn prompt(request: &ApprovalRequest) -> String {
    match (request.kind, &request.always) {
        (ApprovalKind::Question, _) => "answer> ".to_owned(),
        (ApprovalKind::Tool, Some(always)) => {
            format!("y = yes, n = no, a = always allow {always}> ")
        }
        (ApprovalKind::Tool, None) => "y = yes, n = no> ".to_owned(),
    }
}

/// What a line means; none: nothing.
pub(super) fn ruling(request: &ApprovalRequest, line: &str) -> Option<Ruling> {
    let line = line.trim();
    if let ActionPreview::Question(question) = &request.action {
        let number = line.parse::<usize>().ok();
        let option = number.and_then(|number| question.options.get(number.checked_sub(1)?));
        let answer = option.map_or_else(|| line.to_owned(), Clone::clone);
        return (!answer.is_empty()).then(|| Ruling {
            answer: Some(answer),
            ..Ruling::of(Decision::Approve)
        });
    }
    match line.to_lowercase().as_str() {
        "y" | "yes" => Some(Ruling::of(Decision::Approve)),
        "n" | "no" => Some(Ruling::of(Decision::Deny)),
        "a" | "always" if request.always.is_some() => Some(Ruling::of(Decision::Always)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ApprovalId, CommandPreview, QuestionPreview, Risk, Timestamp};

    fn request(action: ActionPreview, always: Option<&str>) -> ApprovalRequest {
        ApprovalRequest {
            request_id: ApprovalId::fresh(),
            call_id: "c".to_owned(),
            kind: match action {
                ActionPreview::Question(_) => ApprovalKind::Question,
                _ => ApprovalKind::Tool,
            },
            tool: "shell".to_owned(),
            args: serde_json::json!({}),
            summary: "Run ls".to_owned(),
            risk: Risk::High,
            action,
            always: always.map(str::to_owned),
            expires_at: Timestamp::default(),
        }
    }

    #[test]
    fn a_line_is_a_decision_or_nothing() {
        let command = ActionPreview::Command(CommandPreview {
            command: "ls".to_owned(),
            folder: "/w".to_owned(),
        });
        let once = request(command.clone(), None);
        let lasting = request(command, Some("commands that begin with `ls`"));
        let decision = |request, line| ruling(request, line).map(|ruling| ruling.decision);
        assert_eq!(decision(&once, " Yes "), Some(Decision::Approve));
        assert_eq!(decision(&once, "n"), Some(Decision::Deny));
        assert_eq!(decision(&once, "a"), None);
        assert_eq!(decision(&lasting, "a"), Some(Decision::Always));
        assert_eq!(decision(&lasting, "maybe"), None);
        assert_eq!(asked(&once)[1], "in /w: ls");
    }

    #[test]
    fn an_answer_is_a_number_or_a_text() {
        let question = ActionPreview::Question(QuestionPreview {
            question: "Which?".to_owned(),
            options: vec!["red".to_owned(), "blue".to_owned()],
        });
        let request = request(question, None);
        let answer = |line| ruling(&request, line).and_then(|ruling| ruling.answer);
        assert_eq!(answer("2").as_deref(), Some("blue"));
        assert_eq!(answer("3").as_deref(), Some("3"));
        assert_eq!(answer(" green ").as_deref(), Some("green"));
        assert_eq!(answer(" "), None);
        assert_eq!(asked(&request)[2..], ["1. red", "2. blue"]);
    }
}
