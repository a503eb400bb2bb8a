//! Whole lives of a family: uses in any order, at any time, of any token that ever was.

use std::time::Duration;

use chain::Time;
use engine::issued::{FAMILY_LIVES, GRACE, Issued, RefreshError};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

use super::program::{ACCESS_LIFE, Program, REFRESH_LIFE};
use crate::world::{World, on_each_store};

/// Something that somebody does with one of the pairs that there ever were.
#[derive(Clone, Debug)]
enum Act {
    Refresh(Index),
    RefreshNewest,
    RevokeAccess(Index),
    RevokeRefresh(Index),
    Wait(Duration),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let waits = [
        Duration::from_secs(1),
        GRACE,
        GRACE + Duration::from_millis(1),
        ACCESS_LIFE,
        2 * ACCESS_LIFE,
        REFRESH_LIFE / 2,
        REFRESH_LIFE,
    ];
    let act = prop_oneof![
        4 => any::<Index>().prop_map(Act::Refresh),
        6 => Just(Act::RefreshNewest),
        1 => any::<Index>().prop_map(Act::RevokeAccess),
        1 => any::<Index>().prop_map(Act::RevokeRefresh),
        5 => proptest::sample::select(waits.to_vec()).prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 1..20)
}

/// A family as its promises see it.
struct Life<'a> {
    world: &'a World,
    program: Program,
    /// Every pair that was handed out, and when its refresh token was exchanged.
    pairs: Vec<(Issued, Vec<Time>)>,
    revoked: Vec<usize>,
    ended: bool,
    end: Time,
}

impl<'a> Life<'a> {
    async fn begin(world: &'a World, days: u32) -> Self {
        let program = Program::new(world, None, Some(days)).await;
        let key_end = world.operator.consumer(program.id).await.unwrap().unwrap().expires_at;
        let first = program.issue().await;
        let end = key_end.min(first.at + REFRESH_LIFE * FAMILY_LIVES);
        Self { world, program, pairs: vec![(first, Vec::new())], revoked: Vec::new(), ended: false, end }
    }

    async fn act(&mut self, act: &Act) -> TestCaseResult {
        let key = self.world.operator.consumer(self.program.id).await.unwrap().unwrap();
        let over = key.expires_at <= self.world.engine.now();
        match act {
            Act::Wait(length) => self.world.hand.advance(*length),
            // Nobody authenticates any more.
            _ if over => {}
            Act::Refresh(index) => self.refresh(index.index(self.pairs.len())).await?,
            Act::RefreshNewest => self.refresh(self.pairs.len() - 1).await?,
            Act::RevokeAccess(index) => {
                let place = index.index(self.pairs.len());
                let token = &self.pairs[place].0.access_token;
                self.program.client().await.revoke(token.expose()).await.unwrap();
                self.revoked.push(place);
            }
            Act::RevokeRefresh(index) => {
                let token = &self.pairs[index.index(self.pairs.len())].0.refresh_token;
                self.program.client().await.revoke(token.expose()).await.unwrap();
                self.ended = true;
            }
        }
        Ok(())
    }

    async fn refresh(&mut self, place: usize) -> TestCaseResult {
        let now = self.world.engine.now();
        let (pair, uses) = &mut self.pairs[place];
        match self.program.refresh(&pair.refresh_token).await {
            Ok(next) => {
                prop_assert!(!self.ended, "a family that was ended gave another pair");
                prop_assert!(now < pair.refresh_until, "a refresh token worked after its end");
                uses.push(now);
                let again = uses.len() == 2 && now.since(uses[0]) <= GRACE;
                prop_assert!(uses.len() == 1 || again, "used at {:?}", uses);
                self.pairs.push((next, Vec::new()));
            }
            Err(RefreshError::Reused) => {
                self.ended = true;
            }
            Err(RefreshError::JustUsed | RefreshError::Over) => {}
            Err(other) => prop_assert!(false, "{:?}", other),
        }
        Ok(())
    }

    /// What must hold whatever was done.
    async fn keeps_its_promises(&self, watcher: &Program) -> TestCaseResult {
        let now = self.world.engine.now();
        let mut refreshable = 0;
        for (place, (pair, uses)) in self.pairs.iter().enumerate() {
            let access = watcher.introspect(pair.access_token.expose()).await;
            let refresh = watcher.introspect(pair.refresh_token.expose()).await;
            for known in access.iter().chain(&refresh) {
                prop_assert!(!self.ended, "a family that was ended has a token that works");
                prop_assert!(now < known.expires_at && known.expires_at <= self.end);
            }
            prop_assert!(access.is_none() || !self.revoked.contains(&place));
            prop_assert!(refresh.is_none() || uses.is_empty(), "a refresh token that was used works");
            prop_assert!(pair.access_until <= self.end && pair.refresh_until <= self.end);
            let opens = self.program.open(pair.access_token.expose()).await.is_ok();
            prop_assert_eq!(opens, access.is_some(), "what opens is what is said to work");
            refreshable += usize::from(refresh.is_some());
        }
        prop_assert!(refreshable <= 1, "{} refresh tokens work", refreshable);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_family_keeps_every_promise() {
    on_each_store(async |world: World| {
        let config = Config { failure_persistence: None, ..Config::with_cases(24) };
        let mut runner = TestRunner::new(config);
        let now = Handle::current();
        let live = |(days, acts): (u32, Vec<Act>)| {
            now.block_on(async {
                let mut life = Life::begin(&world, days).await;
                // The clock goes on from one life to the next.
                let watcher = Program::new(&world, None, Some(366)).await;
                for act in &acts {
                    life.act(act).await?;
                    life.keeps_its_promises(&watcher).await?;
                }
                Ok(())
            })
        };
        let lived = block_in_place(|| runner.run(&(1_u32..4, acts()), live));
        lived.unwrap();
    })
    .await;
}
