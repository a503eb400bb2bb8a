//! The part of the page that is about signing in.

use maud::{Markup, html};

use crate::generation::Generation;
use crate::sign_in_faults::{SignInFault, SignInStep};
use crate::world::World;

/// At which pages people sign in, and what they meet there.
pub(super) fn section(world: &World) -> Markup {
    html! {
        h2 { "Signing in" }
        p {
            "The second generation's pages are at " code { (world.origins.identity) } ". "
            (world.sign_in_faults.waiting()) " faults wait."
        }
        form class="line" method="post" action="/sandbox/generation" {
            label for="generation" { "Users without a choice sign in at the pages of the" }
            select name="generation" id="generation" {
                option value="classic" selected[world.options.generation == Generation::Classic] { "classic" }
                option value="identity" selected[world.options.generation == Generation::Identity] { "identity" }
            }
            button class="second" { "Choose" }
        }
        form class="line" method="post" action="/sandbox/sign_in_faults" {
            label for="sign_in_fault" { "The next sign-in meets" }
            select name="fault" id="sign_in_fault" {
                @for name in SignInFault::NAMES { option value=(name) { (name) } }
            }
            label for="sign_in_user" { "of" }
            select name="user" id="sign_in_user" {
                option value="" { "anybody" }
                @for account in world.users.all() { option value=(account.user.name) { (account.user.name) } }
            }
            label for="sign_in_step" { "at" }
            select name="at" id="sign_in_step" {
                option value="" { "the first step that fits" }
                @for (name, _) in SignInStep::NAMES { option value=(name) { (name) } }
            }
            label for="other_user" { "who comes back" }
            select name="other_user" id="other_user" {
                option value="" { "nobody else" }
                @for account in world.users.all() { option value=(account.user.name) { (account.user.name) } }
            }
            button { "Arrange" }
        }
    }
}
