//! Trees of turns: whatever is said, replaced and brought back, one path is shown, the right one.

use proptest::prelude::*;

use super::turns::{turn, write};
use crate::{
    model::{TurnId, TurnState},
    store::{ShowOutcome, StartOutcome, Store, TurnStep, testing},
};

#[derive(Clone, Debug)]
enum Step {
    Say,
    Replace(prop::sample::Index),
    Show(prop::sample::Index),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::Say),
        2 => any::<prop::sample::Index>().prop_map(Step::Replace),
        1 => any::<prop::sample::Index>().prop_map(Step::Show),
    ]
}

/// What the tree should be: for each turn the one that it follows, and the last that is shown.
#[derive(Default)]
struct Tree {
    turns: Vec<(TurnId, Option<usize>)>,
    last: Option<usize>,
}

impl Tree {
    fn path(&self) -> Vec<TurnId> {
        let up = std::iter::successors(self.last, |at| self.turns[*at].1);
        let mut path: Vec<_> = up.map(|at| self.turns[at].0).collect();
        path.reverse();
        path
    }

    fn add(&mut self, id: TurnId, parent: Option<usize>) {
        self.turns.push((id, parent));
        self.last = Some(self.turns.len() - 1);
    }

    fn versions(&self, at: usize) -> Vec<TurnId> {
        let beside = self.turns.iter().filter(|one| one.1 == self.turns[at].1);
        let found: Vec<_> = beside.map(|one| one.0).collect();
        if found.len() > 1 { found } else { Vec::new() }
    }

    /// The newest of what follows a turn.
    fn newest_below(&self, at: usize) -> usize {
        let below = |mut one: usize| loop {
            if one == at {
                return true;
            }
            match self.turns[one].1 {
                Some(parent) => one = parent,
                None => return false,
            }
        };
        (0..self.turns.len()).rev().find(|one| below(*one)).unwrap()
    }
}

async fn say(store: &Store, replaces: Option<TurnId>) -> TurnId {
    let mut new = turn("s", "x");
    new.replaces = replaces;
    let started = store.start_turn(new.clone(), vec![], None).await.unwrap();
    assert_eq!(started, StartOutcome::Started);
    let end = TurnStep::Finish(TurnState::Done, Box::default());
    write(store, &new, end, None).await;
    new.id
}

async fn holds(store: &Store, tree: &Tree) {
    let shown = store
        .list_turns(&"s".parse().unwrap(), None, 100)
        .await
        .unwrap();
    let path: Vec<_> = shown.iter().rev().map(|turn| turn.id).collect();
    assert_eq!(path, tree.path());
    for (at, (id, _)) in tree.turns.iter().enumerate() {
        let found = store.find_turn(*id).await.unwrap().unwrap();
        assert_eq!(found.versions, tree.versions(at));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn one_path_is_shown_whatever_is_done(steps in prop::collection::vec(step(), 1..14)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let (store, _folder) = testing::store().await;
            let mut tree = Tree::default();
            for step in steps {
                match step {
                    Step::Replace(at) if !tree.turns.is_empty() => {
                        let (id, parent) = tree.turns[at.index(tree.turns.len())];
                        tree.add(say(&store, Some(id)).await, parent);
                    }
                    Step::Show(at) if !tree.turns.is_empty() => {
                        let at = at.index(tree.turns.len());
                        let id = tree.turns[at].0;
                        let outcome = store.show_turn(id).await.unwrap();
                        let session = "s".parse().unwrap();
                        if tree.path().contains(&id) {
                            assert_eq!(outcome, ShowOutcome::Unchanged(session));
                        } else {
                            assert_eq!(outcome, ShowOutcome::Shown(session));
                            tree.last = Some(tree.newest_below(at));
                        }
                    }
                    _ => {
                        let parent = tree.last;
                        tree.add(say(&store, None).await, parent);
                    }
                }
                holds(&store, &tree).await;
            }
        });
    }
}
