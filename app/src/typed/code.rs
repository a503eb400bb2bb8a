use crate::live::store;
use crate::ui::Icon;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How long one code is valid, in milliseconds.
const PERIOD: i64 = 30_000;

/// What a secret of one-time codes that is not stored yet would give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Preview {
    /// The codes of the period `first`, counted from the Unix epoch, and of those after it.
    Codes {
        /// The period of the first code.
        first: i64,
        /// The codes.
        codes: Vec<String>,
    },
    /// What is wrong with it.
    Problem(String),
}

impl Preview {
    /// The code of a moment, if it is among those that are known.
    pub fn code_at(&self, now: i64) -> Option<&str> {
        match self {
            Self::Codes { first, codes } => {
                let index = usize::try_from(now.div_euclid(PERIOD) - first).ok()?;
                codes.get(index).map(String::as_str)
            }
            Self::Problem(_) => None,
        }
    }

    /// Whether there are codes, all of them of the past.
    pub fn is_over(&self, now: i64) -> bool {
        matches!(self, Self::Codes { .. }) && self.code_at(now).is_none()
    }
}

/// The texts of a [`CodePreview`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeWords {
    /// In front of the code.
    pub label: String,
    /// What it is good for.
    pub compare: String,
    /// How long it is valid; `{}` stands for the seconds.
    pub left: String,
}

/// The code of this moment that the secret in a field gives, to compare with a telephone.
#[island]
pub fn CodePreview(
    /// Where to ask.
    address: String,
    /// The id of the field with the secret.
    text: String,
    /// The id of the field with the picture.
    picture: String,
    /// When the page was rendered.
    now: i64,
    /// The texts.
    words: CodeWords,
) -> impl IntoView {
    let preview = RwSignal::new(None::<Preview>);
    let clock = store(now).now;
    #[cfg(feature = "hydrate")]
    asking::watch(address, text, picture, preview, clock.clone());
    #[cfg(not(feature = "hydrate"))]
    let _ = (address, text, picture);
    let seconds = {
        let clock = clock.clone();
        move || (PERIOD - clock.get().rem_euclid(PERIOD) + 999) / 1_000
    };
    let code = Memo::new(move |_| {
        let now = clock.get();
        preview.with(|preview| preview.as_ref()?.code_at(now).map(spaced))
    });
    let problem = move || {
        preview.with(|preview| match preview {
            Some(Preview::Problem(text)) => Some(text.clone()),
            Some(Preview::Codes { .. }) | None => None,
        })
    };
    view! {
        <div class="code-preview" role="status">
            <p class="code-line" aria-live="off" hidden=move || code.read().is_none()>
                <span>{words.label}</span>
                <output class="code-now">{move || code.get().unwrap_or_default()}</output>
                <span class="countdown quiet">{move || words.left.replace("{}", &seconds().to_string())}</span>
            </p>
            <p class="hint" hidden=move || code.read().is_none()>{words.compare}</p>
            <p class="error" hidden=move || problem().is_none()>
                <Icon name="broken"/>
                <span>{move || problem().unwrap_or_default()}</span>
            </p>
        </div>
    }
}

/// A code as authenticator apps show it.
fn spaced(code: &str) -> String {
    match code.split_at_checked(3) {
        Some((front, back)) if !back.is_empty() => format!("{front} {back}"),
        Some(_) | None => code.to_owned(),
    }
}

#[cfg(feature = "hydrate")]
mod asking {
    use super::Preview;
    use crate::ask::ask;
    use crate::typed::watch::{Field, Newest, when_changed};
    use leptos::prelude::*;
    use leptos::task::spawn_local;
    use std::rc::Rc;

    /// Asks after each change of the fields, and again when the codes that are known are over.
    pub fn watch(
        address: String,
        text: String,
        picture: String,
        preview: RwSignal<Option<Preview>>,
        clock: ArcRwSignal<i64>,
    ) {
        let newest = Newest::default();
        let (typed, chosen) = (Field::named(&text), Field::named(&picture));
        let look = Rc::new(move || {
            let turn = newest.next();
            let (text, file) = (typed.text(), chosen.file());
            if text.trim().is_empty() && file.is_none() {
                preview.set(None);
                return;
            }
            let Ok(fields) = web_sys::FormData::new() else { return };
            let _ = fields.append_with_str("one_time", &text);
            if let Some(file) = file {
                let _ = fields.append_with_blob("picture", &file);
            }
            let (address, newest) = (address.clone(), newest.clone());
            spawn_local(async move {
                let answer = ask::<Preview>(&address, fields.as_ref()).await;
                if newest.is(turn) {
                    preview.set(answer);
                }
            });
        });
        let again = Rc::clone(&look);
        when_changed(&[&text, &picture], move || again());
        Effect::new(move |_| {
            let now = clock.get();
            if preview.with_untracked(|preview| preview.as_ref().is_some_and(|it| it.is_over(now))) {
                preview.set(None);
                look();
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_follows_the_clock_from_period_to_period() {
        let preview = Preview::Codes { first: 2, codes: vec!["111111".into(), "222222".into()] };
        assert_eq!(preview.code_at(59_999), None);
        assert_eq!(preview.code_at(60_000), Some("111111"));
        assert_eq!(preview.code_at(119_999), Some("222222"));
        assert!(!preview.is_over(119_999));
        assert!(preview.is_over(120_000));
        assert!(!Preview::Problem("no".into()).is_over(120_000));
    }

    #[test]
    fn a_code_is_written_as_a_telephone_shows_it() {
        assert_eq!(spaced("012345"), "012 345");
        assert_eq!(spaced("12"), "12");
    }
}
