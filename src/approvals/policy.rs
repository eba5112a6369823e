//! What is done by itself, what is asked first, and what is never done. Pure.

use super::Approvals;
use crate::{
    config::{Autonomy, Config},
    model::SessionId,
    tools::{Action, Effect, Permission, Preview, ToolSpec, permission},
};

/// What is to become of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is made.
    Run,
    /// Its owner is asked.
    Ask,
    /// It is not made; the sentence is for the model.
    Refuse(String),
}

/// What decides about a tool, whatever the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How much the agent may do by itself.
    pub autonomy: Autonomy,
    /// What its owner said of the tool.
    pub permission: Permission,
    /// The strongest thing that it can do.
    pub effect: Effect,
}

impl Standing {
    /// How things stand for a tool.
    pub fn of(config: &Config, spec: &ToolSpec) -> Self {
        Self {
            autonomy: config.agent.autonomy,
            permission: permission(config, spec),
            effect: spec.effect,
        }
    }

    /// What is to become of a call; `agreed`: a rule covers it.
    pub fn verdict(self, action: &Action, agreed: bool) -> Verdict {
        // To ask is to do nothing.
        if matches!(action.preview, Preview::Question { .. }) {
            return match self.permission {
                Permission::Deny => denied(),
                Permission::Allow | Permission::Ask => Verdict::Ask,
            };
        }
        if self.permission == Permission::Deny {
            return denied();
        }
        match self.autonomy {
            Autonomy::ReadOnly if self.effect != Effect::Read => Verdict::Refuse(
                "it was not done: your owner lets you look, and change nothing (autonomy is \
                 read_only)"
                    .to_owned(),
            ),
            Autonomy::Full => Verdict::Run,
            Autonomy::ReadOnly | Autonomy::Supervised => {
                if agreed || self.permission == Permission::Allow {
                    Verdict::Run
                } else {
                    Verdict::Ask
                }
            }
        }
    }

    /// Whether the model is told of the tool.
    pub fn is_offered(self, spec: &ToolSpec) -> bool {
        let looks = self.effect == Effect::Read || spec.timeout.is_none();
        self.permission != Permission::Deny && (self.autonomy != Autonomy::ReadOnly || looks)
    }
}

fn denied() -> Verdict {
    Verdict::Refuse("it was not done: your owner does not let you use this tool".to_owned())
}

/// Whether the model is told of a tool.
pub fn offered(config: &Config, spec: &ToolSpec) -> bool {
    Standing::of(config, spec).is_offered(spec)
}

impl Approvals {
    /// What is to become of a call in a session.
    pub fn verdict(
        &self,
        config: &Config,
        session: &SessionId,
        spec: &ToolSpec,
        action: &Action,
    ) -> Verdict {
        let agreed = || {
            let wanted = action.scope.as_ref();
            wanted.is_some_and(|wanted| {
                let rules = &self.inner.rules;
                rules.find(&spec.name, session, wanted).is_some()
            })
        };
        Standing::of(config, spec).verdict(action, agreed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Risk;

    fn action(preview: Preview) -> Action {
        Action {
            summary: String::new(),
            risk: Risk::High,
            preview,
            scope: None,
        }
    }

    #[test]
    fn autonomy_and_permission_decide_together() {
        use Autonomy::{Full, ReadOnly, Supervised};
        use Effect::{Execute, Network, Read, Write};
        use Permission::{Allow, Ask, Deny};
        let word = |verdict| match verdict {
            Verdict::Run => "run",
            Verdict::Ask => "ask",
            Verdict::Refuse(_) => "refuse",
        };
        for (autonomy, permission, effect, agreed, expected) in [
            (ReadOnly, Allow, Read, false, "run"),
            (ReadOnly, Ask, Read, false, "ask"),
            (ReadOnly, Ask, Read, true, "run"),
            (ReadOnly, Deny, Read, true, "refuse"),
            (ReadOnly, Allow, Write, true, "refuse"),
            (ReadOnly, Allow, Network, false, "refuse"),
            (ReadOnly, Ask, Execute, true, "refuse"),
            (Supervised, Allow, Read, false, "run"),
            (Supervised, Allow, Execute, false, "run"),
            (Supervised, Ask, Execute, false, "ask"),
            (Supervised, Ask, Execute, true, "run"),
            (Supervised, Ask, Write, false, "ask"),
            (Supervised, Deny, Write, true, "refuse"),
            (Full, Allow, Execute, false, "run"),
            (Full, Ask, Execute, false, "run"),
            (Full, Deny, Read, true, "refuse"),
        ] {
            let standing = Standing {
                autonomy,
                permission,
                effect,
            };
            let verdict = standing.verdict(&action(Preview::Summary), agreed);
            assert_eq!(word(verdict), expected, "{standing:?} agreed: {agreed}");
        }
    }

    #[test]
    fn a_question_is_asked_whatever_the_autonomy() {
        let question = action(Preview::Question {
            question: "Which?".to_owned(),
            options: vec![],
        });
        for autonomy in [Autonomy::ReadOnly, Autonomy::Supervised, Autonomy::Full] {
            let mut standing = Standing {
                autonomy,
                permission: Permission::Allow,
                effect: Effect::Read,
            };
            assert_eq!(standing.verdict(&question, true), Verdict::Ask);
            standing.permission = Permission::Deny;
            assert!(matches!(
                standing.verdict(&question, true),
                Verdict::Refuse(_)
            ));
        }
    }
}
