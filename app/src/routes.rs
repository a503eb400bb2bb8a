//! Every page and its address.

use crate::frame::{not_found, signed_in};
use crate::{
    consumers, database, databases, guide, lint, monitoring, policies, recovery, repairs, settings, sign_in,
};
use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// All of Evergrant's pages, each a whole document.
#[component]
pub fn App() -> impl IntoView {
    view! {
        <Router>
            <Routes fallback=not_found>
                <Route path=path!("/sign-in") view=sign_in::sign_in_page ssr=SsrMode::Async/>
                <Route path=path!("/set-up/:token") view=sign_in::set_up_page ssr=SsrMode::Async/>
                <Route path=path!("/databases") view=|| signed_in(databases::list) ssr=SsrMode::Async/>
                <Route path=path!("/databases/new") view=|| signed_in(databases::new) ssr=SsrMode::Async/>
                <Route path=path!("/databases/:database") view=|| signed_in(database::show) ssr=SsrMode::Async/>
                <Route
                    path=path!("/databases/:database/:alias")
                    view=|| signed_in(database::show_container)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/databases/:database/:alias/recovery")
                    view=|| signed_in(recovery::show)
                    ssr=SsrMode::Async
                />
                <Route path=path!("/repairs") view=|| signed_in(repairs::list) ssr=SsrMode::Async/>
                <Route path=path!("/guide") view=|| signed_in(guide::contents) ssr=SsrMode::Async/>
                <Route path=path!("/guide/:topic") view=|| signed_in(guide::read) ssr=SsrMode::Async/>
                <Route path=path!("/repairs/all") view=|| signed_in(repairs::round) ssr=SsrMode::Async/>
                <Route path=path!("/monitoring") view=|| signed_in(monitoring::overview) ssr=SsrMode::Async/>
                <Route path=path!("/consumers") view=|| signed_in(consumers::list) ssr=SsrMode::Async/>
                <Route path=path!("/consumers/new") view=|| signed_in(consumers::new) ssr=SsrMode::Async/>
                <Route path=path!("/consumers/:consumer") view=|| signed_in(consumers::show) ssr=SsrMode::Async/>
                <Route path=path!("/policies/lint") view=|| signed_in(lint::page) ssr=SsrMode::Async/>
                <Route path=path!("/policies") view=|| signed_in(policies::overview) ssr=SsrMode::Async/>
                <Route path=path!("/policies/:kind") view=|| signed_in(policies::change) ssr=SsrMode::Async/>
                <Route path=path!("/settings") view=|| signed_in(settings::overview) ssr=SsrMode::Async/>
                <Route path=path!("/settings/alerts") view=|| signed_in(settings::alerts) ssr=SsrMode::Async/>
                <Route path=path!("/settings/recovery") view=|| signed_in(settings::recovery) ssr=SsrMode::Async/>
                <Route
                    path=path!("/settings/registrations")
                    view=|| signed_in(settings::registrations)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/settings/registrations/new")
                    view=|| signed_in(settings::new_registration)
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/settings/registrations/:registration")
                    view=|| signed_in(settings::registration)
                    ssr=SsrMode::Async
                />
            </Routes>
        </Router>
    }
}
