//! The configuration as a whole, read, judged, saved and taken back while the gateway runs; and
//! what was changed in the file by somebody else put in force, or refused, as a whole.

use std::{collections::BTreeMap, sync::Arc};

use crate::model::DeviceId;

use super::{
    Config,
    changes::{Change, changes},
    document::{self, DocumentError, unreadable},
    draft::{Base, Draft, Proposal, draft},
    fault::{Fault, in_words},
    keeper::{Changed, ConfigKeeper, Seen},
    load::{Loaded, read_text},
    masks::masked,
    remark::Origin,
    restart,
    revisions::{Revision, Revisions, tag},
};

/// How the configuration stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Names the text of `config.toml`; another text has another tag.
    pub tag: String,
    /// The text, without its secrets.
    pub toml: String,
    /// What the file and the other layers say, also where it waits for the next start. While the file
    /// is refused: what they said last.
    pub configured: Arc<Config>,
    /// What is in force.
    pub running: Arc<Config>,
    /// Where each setting that is not left at its default was given.
    pub origins: BTreeMap<String, Origin>,
    /// What waits for the next start.
    pub restart_needed: Vec<String>,
    /// Unknown keys and the like.
    pub warnings: Vec<Fault>,
    /// Why the file as it stands is not in force; empty when it is.
    pub refused: Vec<Fault>,
}

/// What a proposal would come to. Nothing was written.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The tag of the file that it was held against.
    pub tag: String,
    /// The text that would be written, without its secrets.
    pub toml: String,
    /// The configuration; none when the text is none.
    pub config: Option<Arc<Config>>,
    /// All that is wrong; empty: it can be saved.
    pub faults: Vec<Fault>,
    /// What is to be said and does not stand against it.
    pub warnings: Vec<Fault>,
    /// What would change.
    pub changes: Vec<Change>,
}

/// What was saved.
#[derive(Clone, Debug)]
pub struct Saved {
    /// What changed.
    pub changes: Vec<Change>,
    /// What is in force now.
    pub changed: Changed,
}

/// Why nothing was saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The file is not the one that was meant.
    #[error("config.toml was changed elsewhere in the meantime")]
    Stale {
        /// The tag of what it is now.
        tag: String,
    },
    /// It would be no configuration.
    #[error("the configuration has {} problem(s): {}", .0.len(), in_words(.0))]
    Faults(Vec<Fault>),
    /// The file as it stands is none, so that no single setting can be changed in it.
    #[error("config.toml has to be mended first: {}", in_words(.0))]
    Broken(Vec<Fault>),
    /// There is no such earlier text.
    #[error("there is no such revision")]
    NoRevision,
    /// The file stands against it.
    #[error(transparent)]
    Document(#[from] DocumentError),
}

impl From<std::io::Error> for SaveError {
    fn from(error: std::io::Error) -> Self {
        Self::Document(error.into())
    }
}

impl ConfigKeeper {
    /// How the configuration stands. What was changed in the file since it was last looked at is put
    /// in force first. Waits for the disk.
    pub fn standing(&self) -> Result<Standing, DocumentError> {
        let mut seen = self.turn();
        let text = self.look(&mut seen)?;
        let running = self.handle.current();
        let loaded = seen.loaded.clone();
        let configured = loaded.as_ref().map_or_else(
            || Arc::clone(&running),
            |loaded| Arc::new(loaded.config.clone()),
        );
        Ok(Standing {
            tag: tag(&text),
            toml: masked(&text),
            restart_needed: restart::waiting(&running, &configured),
            configured,
            running,
            origins: loaded
                .as_ref()
                .map(|it| it.origins.clone())
                .unwrap_or_default(),
            warnings: loaded.as_ref().map(|it| warnings(it)).unwrap_or_default(),
            refused: seen
                .refused
                .as_ref()
                .map(|it| it.1.clone())
                .unwrap_or_default(),
        })
    }

    /// Looks whether the file was changed by somebody else; puts what it says in force, or refuses all
    /// of it. Waits for the disk.
    pub fn refresh(&self) -> Result<(), DocumentError> {
        self.look(&mut self.turn()).map(drop)
    }

    /// What `proposal` would come to.
    pub fn check(&self, proposal: &Proposal) -> Result<Checked, SaveError> {
        let mut seen = self.turn();
        let text = self.look(&mut seen)?;
        let draft = self.draft(&seen, &text, proposal);
        if draft.broken {
            return Err(SaveError::Broken(draft.faults));
        }
        let loaded = draft.loaded.as_ref();
        Ok(Checked {
            tag: tag(&text),
            toml: masked(&draft.text),
            config: loaded.map(|loaded| Arc::new(loaded.config.clone())),
            warnings: loaded.map(warnings).unwrap_or_default(),
            changes: self.changed_by(&seen, &text, &draft),
            faults: draft.faults,
        })
    }

    /// Saves `proposal` and puts it in force: all of it or nothing. `expected` is the tag that the
    /// file must still have, `by` the device that wants it. Waits for the disk.
    pub fn save(
        &self,
        by: Option<DeviceId>,
        proposal: &Proposal,
        expected: Option<&str>,
    ) -> Result<Saved, SaveError> {
        self.saved(by, expected, |base, seen| {
            Ok(self.draft(seen, base, proposal))
        })
    }

    /// Puts an earlier text in the place of the file, with the secrets that it was saved with.
    pub fn restore(
        &self,
        by: Option<DeviceId>,
        id: &str,
        expected: Option<&str>,
    ) -> Result<Saved, SaveError> {
        let text = self
            .revisions_kept()
            .text(id)?
            .ok_or(SaveError::NoRevision)?;
        self.saved(by, expected, |_, _| {
            Ok(match self.load(&text) {
                Ok(loaded) => Draft {
                    text: text.clone(),
                    loaded: Some(loaded),
                    faults: Vec::new(),
                    broken: false,
                },
                Err(errors) => return Err(SaveError::Faults((&errors).into())),
            })
        })
    }

    /// The earlier texts, the newest first, each with what would change if it were put back.
    pub fn revisions(&self) -> Result<Vec<(Revision, Vec<Change>)>, SaveError> {
        let mut seen = self.turn();
        let now = self.look(&mut seen)?;
        let kept = self.revisions_kept();
        let mut list = Vec::new();
        for revision in kept.list()? {
            let Some(text) = kept.text(&revision.id)? else {
                continue;
            };
            // The way back from a text to itself is none.
            if text == now {
                continue;
            }
            list.push((revision, self.way_back(&seen, &now, &text)));
        }
        Ok(list)
    }

    /// One earlier text without its secrets, with what would change if it were put back.
    pub fn revision(&self, id: &str) -> Result<(Revision, String, Vec<Change>), SaveError> {
        let mut seen = self.turn();
        let now = self.look(&mut seen)?;
        let kept = self.revisions_kept();
        let text = kept.text(id)?.ok_or(SaveError::NoRevision)?;
        let revision = kept.list()?.into_iter().find(|one| one.id == id);
        let revision = revision.ok_or(SaveError::NoRevision)?;
        let changes = self.way_back(&seen, &now, &text);
        Ok((revision, masked(&text), changes))
    }

    fn way_back(&self, seen: &Seen, now: &str, text: &str) -> Vec<Change> {
        let current = self.load(now).ok().map(|loaded| (now, loaded));
        let current = current.or_else(|| {
            let loaded = seen.loaded.as_deref()?.clone();
            Some((seen.text.as_str(), loaded))
        });
        match (current, self.load(text)) {
            (Some((now, before)), Ok(after)) => changes((now, &before), (text, &after)),
            _ => Vec::new(),
        }
    }

    fn revisions_kept(&self) -> Revisions {
        Revisions::of(&self.sources.home)
    }

    fn draft(&self, seen: &Seen, text: &str, proposal: &Proposal) -> Draft {
        let base = Base {
            text,
            last_good: &seen.text,
            load: &|text| self.load(text),
        };
        draft(&base, proposal)
    }

    fn changed_by(&self, seen: &Seen, text: &str, draft: &Draft) -> Vec<Change> {
        let Some(after) = &draft.loaded else {
            return Vec::new();
        };
        let before = match self.load(text) {
            Ok(loaded) => Some((text, loaded)),
            Err(_) => seen
                .loaded
                .as_deref()
                .map(|loaded| (seen.text.as_str(), loaded.clone())),
        };
        before.map_or_else(Vec::new, |(text, before)| {
            changes((text, &before), (&draft.text, after))
        })
    }

    fn saved(
        &self,
        by: Option<DeviceId>,
        expected: Option<&str>,
        plan: impl Fn(&str, &Seen) -> Result<Draft, SaveError>,
    ) -> Result<Saved, SaveError> {
        let home = &self.sources.home;
        let mut seen = self.turn();
        let text = self.look(&mut seen)?;
        let guard = home.guard_config()?;
        let now = read_text(&home.config_file()).map_err(unreadable)?;
        let stale = |tag: String| SaveError::Stale { tag };
        if expected.is_some_and(|expected| expected != tag(&now)) || now != text {
            return Err(stale(tag(&now)));
        }
        let mut draft = plan(&text, &seen)?;
        if draft.broken {
            return Err(SaveError::Broken(draft.faults));
        }
        let (true, Some(loaded)) = (draft.faults.is_empty(), draft.loaded.as_ref()) else {
            return Err(SaveError::Faults(draft.faults));
        };
        let changes = self.changed_by(&seen, &text, &draft);
        draft.text = document::with_sealed(home, &draft.text, &loaded.plain_secrets)?;
        if draft.text != text {
            document::replace(home, &text, &draft.text, &loaded.config)?;
        }
        drop(guard);
        let secrets = changed_secrets(&changes);
        let Some(loaded) = draft.loaded else {
            return Err(SaveError::Faults(draft.faults));
        };
        let changed = self.adopt(&mut seen, loaded, &secrets, by);
        Ok(Saved { changes, changed })
    }

    /// The file's text as it is now; a change of it is put in force or refused before this returns.
    fn look(&self, seen: &mut Seen) -> Result<String, DocumentError> {
        let home = &self.sources.home;
        let text = read_text(&home.config_file()).map_err(unreadable)?;
        if text == seen.text {
            if seen.refused.take().is_some() {
                self.tell_refused(Vec::new());
            }
            return Ok(text);
        }
        let name = tag(&text);
        if seen
            .refused
            .as_ref()
            .is_some_and(|(refused, _)| *refused == name)
        {
            return Ok(text);
        }
        let proposal = Proposal::default();
        let judged = self.draft(seen, &text, &proposal);
        let Some(loaded) = judged.loaded.filter(|_| judged.faults.is_empty()) else {
            tracing::warn!(problems = %in_words(&judged.faults), "config.toml was changed and is not put in force");
            seen.refused = Some((name, judged.faults.clone()));
            self.tell_refused(judged.faults);
            return Ok(text);
        };
        let keep = loaded.config.gateway.config_revisions;
        if let Err(error) = self.revisions_kept().keep(&seen.text, keep) {
            tracing::warn!(%error, "the earlier text of config.toml was not kept");
        }
        let secrets = seen.loaded.as_deref().map_or_else(Vec::new, |before| {
            changed_secrets(&changes((&seen.text, before), (&text, &loaded)))
        });
        for warning in &loaded.warnings {
            tracing::warn!("{warning}");
        }
        self.adopt(seen, loaded, &secrets, None);
        // Secrets that stood there as plain text are sealed now.
        read_text(&home.config_file()).map_err(unreadable)
    }
}

fn changed_secrets(changes: &[Change]) -> Vec<String> {
    let secrets = changes.iter().filter(|change| change.secret);
    secrets.map(|change| change.key.clone()).collect()
}

fn warnings(loaded: &Loaded) -> Vec<Fault> {
    loaded.warnings.iter().map(Fault::from).collect()
}

#[cfg(test)]
mod tests;
