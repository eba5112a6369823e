//! A tool's preview as events and routes tell it.

use crate::{
    model::{
        ActionPreview, CommandPreview, DiffPreview, QuestionPreview, RequestPreview, SummaryPreview,
    },
    tools::Preview,
};

/// The exact thing that would be done, with every text passed through `masked`.
pub fn preview_of(preview: &Preview, masked: impl Fn(&str) -> String) -> ActionPreview {
    match preview {
        Preview::Summary => ActionPreview::Summary(SummaryPreview {}),
        Preview::Command { command, folder } => ActionPreview::Command(CommandPreview {
            command: masked(command),
            folder: folder.clone(),
        }),
        Preview::Diff { path, diff } => ActionPreview::Diff(DiffPreview {
            path: path.clone(),
            diff: masked(diff),
        }),
        Preview::Request { method, url, body } => ActionPreview::Request(RequestPreview {
            method: method.clone(),
            url: masked(url),
            body: body.as_deref().map(masked),
        }),
        Preview::Question { question, options } => ActionPreview::Question(QuestionPreview {
            question: masked(question),
            options: options.iter().map(|option| masked(option)).collect(),
        }),
    }
}
