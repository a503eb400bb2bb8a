use crate::language::Language;
use crate::ui::Icon;
use leptos::prelude::*;

/// A place of the rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    /// Databases and their containers.
    Databases,
    /// All that needs a person.
    Repairs,
    /// What happened and what comes next.
    Monitoring,
    /// Programs and their keys.
    Consumers,
    /// How long things live.
    Policies,
    /// Settings.
    Settings,
}

impl Here {
    const ALL: [Self; 6] =
        [Self::Databases, Self::Repairs, Self::Monitoring, Self::Consumers, Self::Policies, Self::Settings];

    const fn word(self) -> &'static str {
        match self {
            Self::Databases => "databases",
            Self::Repairs => "repairs",
            Self::Monitoring => "monitoring",
            Self::Consumers => "consumers",
            Self::Policies => "policies",
            Self::Settings => "settings",
        }
    }
}

/// The places: a rail on wide screens, a bar at the bottom on phones.
#[component]
pub fn Rail(
    /// The language.
    language: Language,
    /// The place that is shown.
    here: Option<Here>,
) -> impl IntoView {
    let place = |place: Here| {
        let current = (here == Some(place)).then_some("page");
        view! {
            <li>
                <a href=format!("/{}", place.word()) aria-current=current>
                    <Icon name=place.word()/>
                    <span>{language.text(&format!("place.{}", place.word()))}</span>
                </a>
            </li>
        }
    };
    let places = Here::ALL.into_iter().map(place).collect_view();
    view! { <nav class="rail" aria-label=language.text("place.label")><ul>{places}</ul></nav> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_a_name_in_every_language() {
        for language in Language::ALL {
            for place in Here::ALL {
                assert!(language.find(&format!("place.{}", place.word())).is_some());
            }
        }
    }
}
