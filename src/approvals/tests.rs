//! Requests: settled once, lapsed on time, and the rules that answers make.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::{
    clock::ManualClock,
    config::{Autonomy, Config},
    model::{ActionPreview, CommandPreview, Origin, Risk, SessionId, TurnId},
    store::{AuditFilter, EventRow, NewTurn, TurnStep, TurnWrite, testing},
    telemetry::bus::News,
    tools::{Action, Effect, Preview, Scope, ToolSpec},
};

struct Scene {
    approvals: Approvals,
    clock: Arc<ManualClock>,
    store: Store,
    bus: Bus,
    turn: TurnId,
    session: SessionId,
    _folder: tempfile::TempDir,
}

fn words(words: &[&str]) -> Scope {
    Scope::Command(words.iter().map(|word| (*word).to_owned()).collect())
}

fn owner() -> Decider {
    Decider {
        device_id: None,
        name: "Phone".to_owned(),
    }
}

impl Scene {
    async fn new() -> Self {
        let (store, folder) = testing::store().await;
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000_000)));
        let bus = Bus::new(clock.clone());
        let turn = TurnId::fresh();
        let session: SessionId = "s".parse().unwrap();
        let new = NewTurn {
            id: turn,
            session_id: session.clone(),
            title: "A title".to_owned(),
            origin: Origin::Api,
            device_id: None,
            input: "x".to_owned(),
            context: vec![],
            attachment_names: vec![],
            tools: true,
            only_tools: None,
            model: None,
            job: None,
            replaces: None,
            created_at: clock.now(),
        };
        store.start_turn(new, vec![], None).await.unwrap();
        let approvals = Approvals::load(store.clone(), clock.clone(), bus.clone())
            .await
            .unwrap();
        Self {
            approvals,
            clock,
            store,
            bus,
            turn,
            session,
            _folder: folder,
        }
    }

    /// Asks as a turn does: waits first, then writes the row with its event.
    async fn ask(&self, kind: ApprovalKind, scope: Option<Scope>) -> (ApprovalId, Waiting) {
        let id = ApprovalId::fresh();
        let now = self.clock.now();
        let approval = Approval {
            row: 0,
            id,
            turn_id: self.turn,
            session_id: self.session.clone(),
            session_title: String::new(),
            call_id: "c".to_owned(),
            kind,
            tool: "shell".to_owned(),
            args: json!({"command": "***"}),
            exact_args: Some(json!({"command": "git log"})),
            summary: "Run git log".to_owned(),
            risk: Risk::High,
            preview: ActionPreview::Command(CommandPreview {
                command: "git log".to_owned(),
                folder: ".".to_owned(),
            }),
            rule: scope
                .as_ref()
                .map(|scope| serde_json::to_value(scope).unwrap()),
            covers: scope.as_ref().map(ToString::to_string),
            created_at: now,
            expires_at: now.plus_secs(60),
            state: ApprovalState::Pending,
            settled: None,
        };
        let waiting = self.approvals.wait(id, approval.expires_at);
        let (kept, answer) = oneshot::channel();
        let write = TurnWrite {
            turn_id: self.turn,
            session_id: self.session.clone(),
            at: now,
            step: TurnStep::Wait(Box::new(approval)),
            event: Some(EventRow {
                seq: 1,
                name: "approval_request".to_owned(),
                payload: format!("{{\"type\":\"approval_request\",\"n\":\"{id}\"}}"),
                at: now,
            }),
        };
        // One event a turn: its place is taken once, and a second request has none.
        let write = TurnWrite {
            event: write.event.filter(|_| scope.is_none()),
            ..write
        };
        self.store
            .turn_room()
            .await
            .write(write, |result| kept.send(result).unwrap());
        answer.await.unwrap().unwrap();
        (id, waiting)
    }

    async fn decide(&self, id: ApprovalId, ruling: Ruling) -> Result<Approval, ApprovalsError> {
        self.approvals.decide(self.turn, id, ruling, owner()).await
    }

    fn verdict(&self, session: &str, scope: Scope) -> Verdict {
        let mut config = Config::default();
        config.agent.autonomy = Autonomy::Supervised;
        let spec = ToolSpec::acting(Effect::Execute, "shell", "", json!({}));
        let action = Action {
            summary: String::new(),
            risk: Risk::High,
            preview: Preview::Summary,
            scope: Some(scope),
        };
        let session = session.parse().unwrap();
        self.approvals.verdict(&config, &session, &spec, &action)
    }
}

#[tokio::test]
async fn a_request_is_kept_whole_and_settled_once() {
    let scene = Scene::new().await;
    let (id, waiting) = scene.ask(ApprovalKind::Tool, None).await;
    let turn = scene.store.find_turn(scene.turn).await.unwrap().unwrap();
    assert_eq!(turn.state.as_str(), "waiting_approval");
    let (pending, _) = scene
        .approvals
        .list(ApprovalFilter::Pending, None, None, 10)
        .await
        .unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].session_title, "A title");
    assert_eq!(pending[0].exact_args, Some(json!({"command": "git log"})));
    let mut ruling = Ruling::of(Decision::Deny);
    ruling.reason = Some("not today".to_owned());
    let denied = scene.decide(id, ruling).await.unwrap();
    assert_eq!(denied.state, ApprovalState::Denied);
    let settlement = waiting.settled().await.unwrap();
    assert_eq!(settlement.reason.as_deref(), Some("not today"));
    let second = scene.decide(id, Ruling::of(Decision::Approve)).await;
    let Err(ApprovalsError::Settled(first)) = second else {
        panic!("a second answer counted");
    };
    assert_eq!(first.settled.unwrap().by, "Phone");
    let log = scene
        .store
        .list_audit(
            AuditFilter {
                subject: Some(&id.to_string()),
                ..AuditFilter::default()
            },
            10,
        )
        .await
        .unwrap();
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].entry.action, "approval.denied");
    assert_eq!(log[0].entry.actor, "Phone");
}

#[tokio::test]
async fn of_many_answers_at_once_one_counts() {
    let scene = Scene::new().await;
    let (id, waiting) = scene.ask(ApprovalKind::Tool, None).await;
    let answers = (0..8).map(|number| {
        let decision = if number % 2 == 0 {
            Decision::Approve
        } else {
            Decision::Deny
        };
        scene.decide(id, Ruling::of(decision))
    });
    let answers = futures_util::future::join_all(answers).await;
    let counted: Vec<_> = answers.into_iter().filter_map(Result::ok).collect();
    assert_eq!(counted.len(), 1);
    let told = waiting.settled().await.unwrap();
    assert_eq!(Some(told), counted[0].settled);
}

#[tokio::test]
async fn a_request_lapses_when_the_clock_says_so() {
    let scene = Scene::new().await;
    let (id, waiting) = scene.ask(ApprovalKind::Tool, None).await;
    scene.clock.advance(59);
    scene.approvals.expire_due().await;
    let found = scene.approvals.find(id).await.unwrap().unwrap();
    assert_eq!(found.state, ApprovalState::Pending);
    scene.clock.advance(1);
    scene.approvals.expire_due().await;
    assert_eq!(waiting.settled().await.unwrap().decision, Decision::Expired);
    let late = scene.decide(id, Ruling::of(Decision::Approve)).await;
    assert!(matches!(late, Err(ApprovalsError::Settled(_))));
}

#[tokio::test]
async fn always_covers_what_was_asked_and_nothing_else_until_it_is_revoked() {
    let scene = Scene::new().await;
    let (id, _waiting) = scene
        .ask(ApprovalKind::Tool, Some(words(&["git", "log"])))
        .await;
    assert_eq!(scene.verdict("s", words(&["git", "log"])), Verdict::Ask);
    let approved = scene
        .decide(id, Ruling::of(Decision::Always))
        .await
        .unwrap();
    assert_eq!(approved.settled.unwrap().reach, Reach::Always);
    assert_eq!(
        scene.verdict("t", words(&["git", "log", "-3"])),
        Verdict::Run
    );
    assert_eq!(scene.verdict("t", words(&["git", "push"])), Verdict::Ask);
    assert_eq!(scene.verdict("t", Scope::Tool), Verdict::Ask);
    let rules = scene.approvals.rules().await.unwrap();
    assert_eq!((rules.len(), rules[0].created_by.as_str()), (1, "Phone"));
    // It outlives the gateway.
    let bus = Bus::new(scene.clock.clone());
    let again = Approvals::load(scene.store.clone(), scene.clock.clone(), bus)
        .await
        .unwrap();
    assert_eq!(again.rules().await.unwrap(), rules);
    scene.approvals.revoke(rules[0].id, owner()).await.unwrap();
    assert_eq!(scene.verdict("t", words(&["git", "log"])), Verdict::Ask);
    let gone = scene.approvals.revoke(rules[0].id, owner()).await;
    assert!(matches!(gone, Err(ApprovalsError::NoRule)));
}

#[tokio::test]
async fn always_settles_what_else_waits_and_is_covered() {
    let scene = Scene::new().await;
    let mut news = scene.bus.subscribe(None);
    let log = || Some(words(&["git", "log"]));
    let (first, one) = scene.ask(ApprovalKind::Tool, log()).await;
    let (second, two) = scene.ask(ApprovalKind::Tool, log()).await;
    let (other, _three) = scene
        .ask(ApprovalKind::Tool, Some(words(&["git", "push"])))
        .await;
    scene
        .decide(first, Ruling::of(Decision::Always))
        .await
        .unwrap();
    assert_eq!(one.settled().await.unwrap().reach, Reach::Always);
    let settled = two.settled().await.unwrap();
    assert_eq!(settled.decision, Decision::Approve);
    assert_eq!(
        settled.by,
        "the rule for commands that begin with `git log`"
    );
    assert_eq!(settled.reach, Reach::Once);
    let state = async |id| scene.approvals.find(id).await.unwrap().unwrap().state;
    assert_eq!(state(second).await, ApprovalState::Approved);
    assert_eq!(state(other).await, ApprovalState::Pending);
    let rules = scene.approvals.rules().await.unwrap();
    assert_eq!(rules.len(), 1);
    scene.approvals.revoke(rules[0].id, owner()).await.unwrap();
    let batch = news.next_batch(16).await;
    let told: Vec<String> = batch
        .iter()
        .filter_map(|item| match item {
            News::Event(frame) => Some(String::from_utf8_lossy(&frame.json).into_owned()),
            News::Gap { .. } => None,
        })
        .collect();
    let types = [
        "rule_changed",
        "approval_resolved",
        "approval_resolved",
        "rule_changed",
    ];
    assert_eq!(told.len(), types.len(), "{told:?}");
    for (event, name) in told.iter().zip(types) {
        assert!(event.contains(&format!("\"type\":\"{name}\"")), "{event}");
    }
    assert!(told[2].contains(&second.to_string()) && told[3].contains("revoked"));
}

#[tokio::test]
async fn what_is_asked_while_a_rule_is_made_is_settled_too() {
    let scene = Scene::new().await;
    let (first, _one) = scene.ask(ApprovalKind::Tool, Some(words(&["ls"]))).await;
    scene
        .decide(first, Ruling::of(Decision::Always))
        .await
        .unwrap();
    let (late, waiting) = scene.ask(ApprovalKind::Tool, Some(words(&["ls"]))).await;
    scene.approvals.recheck(late, "shell").await;
    assert_eq!(waiting.settled().await.unwrap().decision, Decision::Approve);
    let (other, _waits) = scene.ask(ApprovalKind::Tool, Some(words(&["rm"]))).await;
    scene.approvals.recheck(other, "shell").await;
    let found = scene.approvals.find(other).await.unwrap().unwrap();
    assert_eq!(found.state, ApprovalState::Pending);
}

#[tokio::test]
async fn an_answer_for_a_session_holds_in_no_other() {
    let scene = Scene::new().await;
    let (id, _waiting) = scene.ask(ApprovalKind::Tool, Some(words(&["ls"]))).await;
    let mut ruling = Ruling::of(Decision::Approve);
    ruling.reach = Some(Reach::Session);
    let approved = scene.decide(id, ruling).await.unwrap();
    assert_eq!(approved.settled.unwrap().decision, Decision::Always);
    assert_eq!(scene.verdict("s", words(&["ls"])), Verdict::Run);
    assert_eq!(scene.verdict("t", words(&["ls"])), Verdict::Ask);
}

#[tokio::test]
async fn a_ruling_that_makes_no_sense_is_refused_and_changes_nothing() {
    let scene = Scene::new().await;
    let (tool, _tool) = scene.ask(ApprovalKind::Tool, None).await;
    let ruling = |decision, reach, answer: Option<&str>| Ruling {
        decision,
        reach,
        reason: None,
        answer: answer.map(str::to_owned),
    };
    use Decision::{Always, Approve, Deny, Expired};
    for (wrong, field) in [
        (ruling(Always, None, None), "scope"),
        (ruling(Approve, Some(Reach::Session), None), "scope"),
        (ruling(Always, Some(Reach::Once), None), "scope"),
        (ruling(Deny, Some(Reach::Always), None), "scope"),
        (ruling(Expired, None, None), "decision"),
        (ruling(Approve, None, Some("text")), "answer"),
    ] {
        match scene.decide(tool, wrong.clone()).await {
            Err(ApprovalsError::Ruling(named, _)) => assert_eq!(named, field),
            other => panic!("{wrong:?}: {other:?}"),
        }
    }
    let nobody = TurnId::fresh();
    let unknown = scene
        .approvals
        .decide(nobody, tool, Ruling::of(Approve), owner())
        .await;
    assert!(matches!(unknown, Err(ApprovalsError::Unknown)));
    let found = scene.approvals.find(tool).await.unwrap().unwrap();
    assert_eq!(found.state, ApprovalState::Pending);
}

#[tokio::test]
async fn a_question_is_answered_with_words() {
    let scene = Scene::new().await;
    let (id, waiting) = scene.ask(ApprovalKind::Question, None).await;
    let bare = scene.decide(id, Ruling::of(Decision::Approve)).await;
    assert!(matches!(bare, Err(ApprovalsError::Ruling("answer", _))));
    let ruling = Ruling {
        answer: Some("blue".to_owned()),
        ..Ruling::of(Decision::Approve)
    };
    scene.decide(id, ruling).await.unwrap();
    assert_eq!(
        waiting.settled().await.unwrap().answer.as_deref(),
        Some("blue")
    );
}
