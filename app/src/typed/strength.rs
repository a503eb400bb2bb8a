use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How strong a password is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strength {
    /// From 0, guessed at once, to 4.
    pub score: u8,
    /// The same in words.
    pub words: String,
    /// What makes it weak.
    pub why: Option<String>,
}

/// Says how strong the password in a field is.
#[island]
pub fn StrengthMeter(
    /// Where to ask.
    address: String,
    /// The id of the field with the password.
    password: String,
    /// The id of the field with the user name, which a password should not resemble.
    user_name: String,
) -> impl IntoView {
    let strength = RwSignal::new(None::<Strength>);
    #[cfg(feature = "hydrate")]
    asking::watch(address, password, user_name, strength);
    #[cfg(not(feature = "hydrate"))]
    let _ = (address, password, user_name);
    let score = move || strength.read().as_ref().map(|it| it.score.to_string());
    let words = move || strength.read().as_ref().map(|it| it.words.clone());
    let why = move || strength.read().as_ref().and_then(|it| it.why.clone());
    view! {
        <div class="strength" data-score=score>
            <span class="strength-bars" aria-hidden="true" hidden=move || strength.read().is_none()>
                <span></span>
                <span></span>
                <span></span>
                <span></span>
            </span>
            <p class="hint" role="status">{words} " " {why}</p>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod asking {
    use super::Strength;
    use crate::ask::ask;
    use crate::typed::watch::{Field, Newest, when_changed};
    use leptos::prelude::*;
    use leptos::task::spawn_local;
    use std::rc::Rc;

    pub fn watch(address: String, password: String, user_name: String, strength: RwSignal<Option<Strength>>) {
        let newest = Newest::default();
        let (typed, name) = (Field::named(&password), Field::named(&user_name));
        let look = Rc::new(move || {
            let turn = newest.next();
            let text = typed.text();
            if text.is_empty() {
                strength.set(None);
                return;
            }
            let Ok(fields) = web_sys::UrlSearchParams::new() else { return };
            fields.append("password", &text);
            fields.append("user_name", &name.text());
            let (address, newest) = (address.clone(), newest.clone());
            spawn_local(async move {
                let answer = ask::<Strength>(&address, fields.as_ref()).await;
                if newest.is(turn) {
                    strength.set(answer);
                }
            });
        });
        when_changed(&[&password, &user_name], move || look());
    }
}
