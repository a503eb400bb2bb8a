//! What holds for any order of events, times and restarts.
//!
//! Time steps back a little now and then; answers come late, twice over (a doubt first, the answer
//! after it), or never; effects are dropped, as by a crash.

#[path = "properties/model.rs"]
mod model;
#[path = "support/rules.rs"]
mod rules;
#[path = "properties/world.rs"]
mod world;

use chain::{Alert, Chain, Effect, Event, State, UnexpectedEvent};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use model::Model;
use rules::seconds;
use world::{Act, World, acts, received, some_rules};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn every_life_keeps_every_promise(rules in some_rules(), acts in acts()) {
        let mut model = Model::default();
        let mut world = World::new(rules);
        check(&mut world, &acts, |before, event, world, effects| {
            model.keeps_its_promises(before, event, world, effects)
        })?;
    }

    #[test]
    fn only_news_of_the_future_is_unexpected(rules in some_rules(), acts in acts(), ahead in 1_u32..3) {
        let mut world = World::new(rules);
        check(&mut world, &acts, |_, _, world, _| {
            let (attempt, generation) = (world.chain.attempts, world.chain.held().map_or(0, |held| held.generation));
            for event in world::news(attempt, generation, world.now) {
                prop_assert!(world.try_step(event).is_ok(), "{:?}", event);
            }
            for event in world::news(attempt + ahead, generation + ahead, world.now) {
                prop_assert_eq!(world.try_step(event), Err(UnexpectedEvent(event)));
            }
            Ok(())
        })?;
    }

    #[test]
    fn time_alone_moves_every_chain_that_needs_nobody(rules in some_rules(), acts in acts()) {
        let mut world = World::new(rules);
        check(&mut world, &acts, |_, _, world, _| moves_by_itself(world))?;
    }

    #[test]
    fn a_chain_left_alone_never_wakes_in_vain(rules in some_rules(), acts in acts()) {
        let mut world = World::new(rules);
        check(&mut world, &acts, |_, _, _, _| Ok(()))?;
        let end = world.now + std::time::Duration::from_secs(50 * 86_400);
        let mut wakes_a_moment = 0;
        for _ in 0..300 {
            let Some((wake, _)) = world.chain.wake(world.now, &world.rules) else { break };
            wakes_a_moment = if wake > world.now { 0 } else { wakes_a_moment + 1 };
            prop_assert!(wakes_a_moment <= 4, "a busy loop at {}: {:?}", seconds(wake), world.chain);
            world.now = world.now.max(wake);
            if world.now > end {
                break;
            }
            let before = world.chain.clone();
            world.step(Event::Tick);
            let later = world.chain.wake(world.now, &world.rules).is_none_or(|(next, _)| next > world.now);
            prop_assert!(world.chain != before || later, "woken in vain: {:?}", world.chain);
        }
    }

    #[test]
    fn a_new_link_mends_any_state(rules in some_rules(), acts in acts()) {
        let mut world = World::new(rules);
        check(&mut world, &acts, |_, _, world, _| {
            let attempt = world.chain.attempts;
            let grants = [
                Event::Linked(received(world.now)),
                Event::Recovered { attempt, received: received(world.now) },
                Event::Adopted,
            ];
            let troubled = matches!(world.chain.state, State::Recovering { .. } | State::Broken { .. });
            for event in grants {
                let Ok(step) = world.try_step(event) else { return Err(TestCaseError::fail("it is expected")) };
                prop_assert!(matches!(step.chain.state, State::Live(_)), "{:?}", step.chain);
                prop_assert_eq!(step.chain.fault(), None);
                let told = step.effects.iter().any(|effect| {
                    matches!(effect, Effect::Alert(Alert::Repaired | Alert::RecoveredByItself))
                });
                prop_assert_eq!(told, troubled);
            }
            Ok(())
        })?;
    }
}

/// Lives through the acts, and looks after each event.
fn check(
    world: &mut World,
    acts: &[Act],
    mut look: impl FnMut(&Chain, Event, &World, &[Effect]) -> TestCaseResult,
) -> TestCaseResult {
    for act in acts {
        let Some(event) = world.begin(act) else { continue };
        let before = world.chain.clone();
        let effects = world.step(event);
        look(&before, event, world, &effects)?;
    }
    Ok(())
}

/// Waking a few times changes the chain, unless it needs a person.
fn moves_by_itself(world: &World) -> TestCaseResult {
    let (mut now, chain) = (world.now, &world.chain);
    for _ in 0..4 {
        let Some((wake, _)) = chain.wake(now, &world.rules) else {
            let waits_for_nobody = !matches!(chain.state, State::Unlinked | State::Broken { .. });
            prop_assert!(!waits_for_nobody, "nothing wakes {:?}", chain);
            return Ok(());
        };
        now = now.max(wake);
        let step = chain.clone().step(Event::Tick, now, &world.rules);
        if step.is_ok_and(|step| step.chain != *chain) {
            return Ok(());
        }
    }
    prop_assert!(chain.needs_repair(), "time does not move {:?}", chain);
    Ok(())
}
