use crate::text;
use leptos::prelude::*;

/// A day, in milliseconds.
const DAY: i64 = 86_400_000;

/// A slider beside a field for a number of days, which says on which day they end.
#[island]
pub fn DaysSlider(
    /// The id of the field with the number.
    field: String,
    /// At least.
    least: u32,
    /// At most.
    most: u32,
    /// The number at first.
    days: u32,
    /// What the slider is called.
    label: String,
    /// Says when the days end; `{}` stands for the date.
    until: String,
    /// When the page was rendered.
    now: i64,
) -> impl IntoView {
    let chosen = RwSignal::new(days);
    #[cfg(feature = "hydrate")]
    both::keep_alike(field, chosen);
    #[cfg(not(feature = "hydrate"))]
    let _ = field;
    let end = move || {
        let days = chosen.get();
        if !(least..=most).contains(&days) {
            return String::new();
        }
        until.replace("{}", &text::day(now + i64::from(days) * DAY))
    };
    view! {
        <input
            type="range"
            class="needs-script"
            min=least.to_string()
            max=most.to_string()
            value=days.to_string()
            prop:value=move || chosen.get().to_string()
            aria-label=label
            on:input=move |event| {
                if let Ok(days) = event_target_value(&event).parse() {
                    chosen.set(days);
                }
            }
        />
        <span class="hint days-end">{end}</span>
    }
}

#[cfg(feature = "hydrate")]
mod both {
    use crate::typed::watch::{Field, at_each_change};
    use leptos::prelude::*;

    /// What is typed moves the slider, and the slider writes what would be typed.
    pub fn keep_alike(field: String, chosen: RwSignal<u32>) {
        let typed = Field::named(&field);
        at_each_change(&field, move || {
            if let Ok(days) = typed.text().trim().parse() {
                chosen.set(days);
            }
        });
        let written = Field::named(&field);
        Effect::new(move |before: Option<u32>| {
            let days = chosen.get();
            // At first the field is right, whatever was typed before the page came to life.
            if before.is_some() && written.text().trim().parse() != Ok(days) {
                written.set(&days.to_string());
            }
            days
        });
    }
}
