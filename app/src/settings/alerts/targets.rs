use super::api::{DeleteAlertTarget, EnableAlertTarget, TestAlertTarget};
use super::words;
use crate::language::{Language, say};
use crate::ui::{Confirm, Empty, Hidden, Icon};
use engine::view::AlertTargetView;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Everybody who is told, each with what can be done about it.
#[component]
pub(super) fn Targets(language: Language, targets: Vec<AlertTargetView>) -> impl IntoView {
    if targets.is_empty() {
        return view! {
            <Empty icon="info" title=say!(language, "alerts.none")>
                <p>{say!(language, "alerts.none_text")}</p>
            </Empty>
        }
        .into_any();
    }
    let cards = targets.into_iter().map(|target| view! { <Target language target/> }).collect_view();
    view! { <ul class="alert-targets">{cards}</ul> }.into_any()
}

#[component]
fn Target(language: Language, target: AlertTargetView) -> impl IntoView {
    let told =
        target.events.iter().map(|event| words::event(language, *event)).collect::<Vec<_>>().join(", ");
    let (class, icon, standing) = if target.enabled {
        ("chip chip-live", "live", say!(language, "alerts.on"))
    } else {
        ("chip chip-waiting", "waiting", say!(language, "alerts.off"))
    };
    let test = target.enabled.then(|| {
        view! {
            <form method="post" action=TestAlertTarget::url()>
                <Hidden name="target" value=target.id.clone()/>
                <button class="button">{say!(language, "alerts.test")}</button>
            </form>
        }
    });
    let (other, turn) = if target.enabled {
        ("false", say!(language, "alerts.pause"))
    } else {
        ("true", say!(language, "alerts.resume"))
    };
    view! {
        <li class="card">
            <div class="alert-target-head">
                <h2>{target.name.clone()}</h2>
                <span class=class>
                    <Icon name=icon/>
                    <span>{standing}</span>
                </span>
            </div>
            <dl class="facts">
                <div>
                    <dt>{words::kind(language, target.kind)}</dt>
                    <dd><code class="long">{target.address}</code></dd>
                </div>
                <div>
                    <dt>{say!(language, "alerts.events")}</dt>
                    <dd>{told}</dd>
                </div>
            </dl>
            <div class="actions">
                {test}
                <form method="post" action=EnableAlertTarget::url()>
                    <Hidden name="target" value=target.id.clone()/>
                    <Hidden name="on" value=other/>
                    <button class="button button-quiet">{turn}</button>
                </form>
            </div>
            <Confirm
                label=say!(language, "alerts.delete")
                consequence=say!(language, "alerts.delete_what", name = target.name)
                act=say!(language, "alerts.delete_act")
                action=DeleteAlertTarget::url()
            >
                <Hidden name="target" value=target.id/>
            </Confirm>
        </li>
    }
}
