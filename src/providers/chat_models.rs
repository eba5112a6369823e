//! Which names of a provider's list are models that one can talk with, and which of them to begin
//! with. Lists hold models for speech, pictures and vectors too, told apart by their names alone.

/// Parts of names of models that do not chat.
const OTHER_WORK: &[&str] = &[
    "embed",
    "whisper",
    "tts",
    "dall-e",
    "moderation",
    "transcribe",
    "realtime",
    "gpt-image",
    "sora",
    "imagen",
    "veo-",
    "rerank",
    "-image",
    "gpt-audio",
    "computer-use",
    "bge-",
    "davinci",
    "babbage",
    "aqa",
];

/// Good beginnings, the best first: quick and cheap ones of the makers, for any list they are in.
const FIRST_CHOICE: &[&str] = &[
    "gpt-5-mini",
    "claude-sonnet-4-5",
    "gemini-2.5-flash",
    "openrouter/auto",
    "deepseek-chat",
    "mistral-medium-latest",
    "llama-3.3-70b-versatile",
    "gpt-4.1-mini",
];

/// Whether one can talk with a model of this name.
pub(super) fn chats(id: &str) -> bool {
    let id = id.to_lowercase();
    !OTHER_WORK.iter().any(|part| id.contains(part))
}

/// Those of the list that chat, each once, in the list's order; the whole list where none seems to.
pub(super) fn for_chat(models: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let all: Vec<String> = models
        .into_iter()
        .filter(|id| !id.trim().is_empty() && seen.insert(id.clone()))
        .collect();
    if all.iter().any(|id| chats(id)) {
        all.into_iter().filter(|id| chats(id)).collect()
    } else {
        all
    }
}

/// The model to begin with: the one that is set, else the kind's good one, else a well-known one,
/// else the first.
pub(super) fn suggested(models: &[String], set: &str, default: &str) -> Option<String> {
    let listed = |wanted: &str| {
        let found = models.iter().find(|id| id.as_str() == wanted);
        found.filter(|_| !wanted.is_empty()).cloned()
    };
    listed(set)
        .or_else(|| listed(default))
        .or_else(|| FIRST_CHOICE.iter().find_map(|wanted| listed(wanted)))
        .or_else(|| models.first().cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn only_models_that_chat_are_offered() {
        let list = owned(&[
            "text-embedding-3-small",
            "gpt-5-mini",
            "whisper-1",
            "o4-mini",
            "gpt-5-mini",
            "dall-e-3",
            "claude-sonnet-4-5",
        ]);
        let expected = ["gpt-5-mini", "o4-mini", "claude-sonnet-4-5"];
        assert_eq!(for_chat(list), expected);
        let odd = owned(&["text-embedding-only"]);
        assert_eq!(for_chat(odd.clone()), odd);
    }

    #[test]
    fn the_suggestion_is_always_one_of_the_list() {
        let list = owned(&["a", "gpt-4.1-mini", "gpt-5-mini"]);
        assert_eq!(suggested(&list, "a", "gpt-5-mini").as_deref(), Some("a"));
        let kinds = suggested(&list, "gone", "gpt-5-mini");
        assert_eq!(kinds.as_deref(), Some("gpt-5-mini"));
        let known = suggested(&list[..2], "", "gpt-5-mini");
        assert_eq!(known.as_deref(), Some("gpt-4.1-mini"));
        assert_eq!(suggested(&list[..1], "", "").as_deref(), Some("a"));
        assert_eq!(suggested(&[], "a", "b"), None);
    }
}
