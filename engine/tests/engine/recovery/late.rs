//! What a run left behind comes home late, when somebody has mended the chain already.

use std::time::Duration;

use chain::RecoveryFailure;
use engine::view::{RunOutcome, StateName};
use exact_sandbox::{Fault, SignInFault, SignInStep};

use super::scene::{EVA, PASSWORD, form, on_each_store};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_comes_home_late_does_not_take_the_place_of_a_later_grants() {
    on_each_store(async |world: World| {
        world.save(form(PASSWORD)).await;
        // The provider answers the exchange, and is gone before anybody can ask whose link it is.
        let slow = SignInFault::Slow(Duration::from_millis(300));
        world.sandbox.fail_sign_in(Some(EVA), Some(SignInStep::Password), slow);
        world.break_and_notice().await;
        while world.sign_ins().passwords == 0 {
            tokio::task::yield_now().await;
        }
        let exchanged = world.sandbox.counts().code_exchanges;
        world.sandbox.fail_next(Fault::Delayed(Duration::from_millis(500)));
        while world.sandbox.counts().code_exchanges == exchanged {
            tokio::task::yield_now().await;
        }
        world.sandbox.stop_listening().await;
        assert_eq!(world.until_runs(1).await, RunOutcome::Failed(RecoveryFailure::ProviderDown));
        world.until(StateName::Broken).await;
        world.sandbox.listen_again().await.unwrap();

        // A person is faster than the next question whose link the left one is.
        world.pass_seconds(1).await;
        world.grant(world.id().await, EVA).await;
        assert_eq!(world.until(StateName::Live).await.generation, Some(2));
        let asked = world.sandbox.counts().api_calls;
        world.pass_seconds(5).await;
        world.engine.shutdown().await;
        assert_eq!(world.sandbox.counts().api_calls, asked + 1);
        let world = world.restarted().await;
        let status = world.until(StateName::Live).await;
        assert_eq!(status.generation, Some(2), "the person's link is the newest");

        let spent = world.sandbox.counts().spent_presented;
        world.pass_seconds(600).await;
        world.operator.refresh_now(world.id().await).await.unwrap();
        world.until_that(|status| status.generation == Some(3)).await;
        assert_eq!(world.sandbox.counts().spent_presented, spent, "no dead link was sent");
        assert_eq!(world.recovery().await.runs.len(), 1);
    })
    .await;
}
