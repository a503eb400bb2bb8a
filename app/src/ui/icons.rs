use leptos::prelude::*;

/// Each picture: its name and what is drawn in a square of 16, with strokes in the text's colour.
const ICONS: &[(&str, &str)] = &[
    // States.
    ("live", r#"<circle cx="8" cy="8" r="6"/><path d="m5.2 8.2 2 2 3.6-4"/>"#),
    ("spending", r#"<path d="M13 8a5 5 0 1 1-1.6-3.7M13 2.5v2.8h-2.8"/>"#),
    (
        "in_doubt",
        r#"<circle cx="8" cy="8" r="6"/><path d="M6.3 6.3a1.8 1.8 0 1 1 2.4 2c-.5.2-.7.5-.7 1M8 11.3v.1"/>"#,
    ),
    ("waiting", r#"<circle cx="8" cy="8" r="6"/><path d="M8 4.8V8l2.2 1.6"/>"#),
    (
        "recovering",
        r#"<path d="M8 1.8 2.8 3.7v3.6c0 3.2 2.1 5.8 5.2 6.9 3.1-1.1 5.2-3.7 5.2-6.9V3.7zM5.6 8h4.8M8 5.6v4.8"/>"#,
    ),
    ("broken", r#"<path d="M8 2 1.8 13h12.4zM8 6.4v3.2M8 11.3v.1"/>"#),
    ("unlinked", r#"<circle cx="8" cy="8" r="6" stroke-dasharray="2.4 2.3"/>"#),
    // Places.
    (
        "databases",
        r#"<ellipse cx="8" cy="3.8" rx="5.2" ry="2"/><path d="M2.8 3.8v8.4c0 1.1 2.3 2 5.2 2s5.2-.9 5.2-2V3.8M2.8 8c0 1.1 2.3 2 5.2 2s5.2-.9 5.2-2"/>"#,
    ),
    (
        "repairs",
        r#"<path d="M13.7 4.3a3.6 3.6 0 0 1-4.9 4.3l-4.4 4.6a1.4 1.4 0 0 1-2-2l4.6-4.4a3.6 3.6 0 0 1 4.3-4.9L9.2 4l.6 2.2 2.2.6z"/>"#,
    ),
    ("monitoring", r#"<path d="M2 13.5h12M3.5 11V8M6.5 11V4.5M9.5 11V6.5M12.5 11V2.5"/>"#),
    (
        "policies",
        r#"<path d="M4.5 2h7M4.5 14h7M5.3 2v2.2c0 1.6 2.7 2.4 2.7 3.8s-2.7 2.2-2.7 3.8V14M10.7 2v2.2C10.7 5.8 8 6.6 8 8s2.7 2.2 2.7 3.8V14"/>"#,
    ),
    ("consumers", r#"<circle cx="5" cy="8" r="2.8"/><path d="M7.8 8h6M11.2 8v2.6M13.6 8v1.8"/>"#),
    (
        "settings",
        r#"<path d="M2 4.5h7M12.5 4.5H14M2 11.5h1.5M7 11.5h7"/><circle cx="10.7" cy="4.5" r="1.8"/><circle cx="5.2" cy="11.5" r="1.8"/>"#,
    ),
    // Acts.
    ("refresh", r#"<path d="M13 8a5 5 0 1 1-1.6-3.7M13 2.5v2.8h-2.8"/>"#),
    (
        "renew",
        r#"<path d="M6.6 9.4 9.4 6.6M7.3 4.6l1.4-1.4a2.9 2.9 0 0 1 4.1 4.1l-1.4 1.4M8.7 11.4l-1.4 1.4a2.9 2.9 0 0 1-4.1-4.1l1.4-1.4"/>"#,
    ),
    ("shield", r#"<path d="M8 1.8 2.8 3.7v3.6c0 3.2 2.1 5.8 5.2 6.9 3.1-1.1 5.2-3.7 5.2-6.9V3.7z"/>"#),
    (
        "copy",
        r#"<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M3.5 10.5h-.3a.7.7 0 0 1-.7-.7V3.2c0-.4.3-.7.7-.7h6.6c.4 0 .7.3.7.7v.3"/>"#,
    ),
    ("edit", r#"<path d="m10.6 3.2 2.2 2.2-7.3 7.3-2.8.6.6-2.8zM9.2 4.6l2.2 2.2"/>"#),
    (
        "flame",
        r#"<path d="M8 1.8c.6 2.4 4 3.8 4 7.6a4 4 0 0 1-8 0c0-1.6.8-2.6 1.6-3.4.2 1 .6 1.5 1.2 1.8C6.6 5.6 6.8 3.4 8 1.8z"/>"#,
    ),
    (
        "paste",
        r#"<path d="M5.5 3H4a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V4a1 1 0 0 0-1-1h-1.5"/><rect x="5.5" y="1.8" width="5" height="2.7" rx=".8"/>"#,
    ),
    ("download", r#"<path d="M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.8 13.2h10.4"/>"#),
    ("add", r#"<path d="M8 3v10M3 8h10"/>"#),
    ("more", r#"<path d="M3.5 8h.1M8 8h.1M12.5 8h.1" stroke-width="2.4"/>"#),
    ("search", r#"<circle cx="7" cy="7" r="4.2"/><path d="m10.2 10.2 3.3 3.3"/>"#),
    ("delete", r#"<path d="M2.8 4.3h10.4M6.3 4.3V2.7h3.4v1.6M4.2 4.3l.6 9h6.4l.6-9M6.8 7v4M9.2 7v4"/>"#),
    ("chain", r#"<circle cx="3.5" cy="8" r="1.8"/><circle cx="12.5" cy="8" r="1.8"/><path d="M5.3 8h5.4"/>"#),
    ("close", r#"<path d="m4 4 8 8M12 4l-8 8"/>"#),
    ("next", r#"<path d="m6 3.5 4.5 4.5L6 12.5"/>"#),
    ("previous", r#"<path d="M10 3.5 5.5 8l4.5 4.5"/>"#),
    ("down", r#"<path d="m3.5 6 4.5 4.5L12.5 6"/>"#),
    ("info", r#"<circle cx="8" cy="8" r="6"/><path d="M8 7.4v3.6M8 5v.1"/>"#),
    ("person", r#"<circle cx="8" cy="5.3" r="2.6"/><path d="M2.8 13.7c.5-2.6 2.5-4 5.2-4s4.7 1.4 5.2 4"/>"#),
    (
        "language",
        r#"<circle cx="8" cy="8" r="6"/><path d="M2 8h12M8 2c2 1.8 2.6 3.8 2.6 6S10 12.2 8 14c-2-1.8-2.6-3.8-2.6-6S6 3.8 8 2z"/>"#,
    ),
    ("theme", r#"<circle cx="8" cy="8" r="6"/><path d="M8 2v12a6 6 0 0 0 0-12z" fill="currentColor"/>"#),
    ("leave", r#"<path d="M9.5 2.5H4a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h5.5M7 8h7M11.5 5.3 14.2 8l-2.7 2.7"/>"#),
];

/// The sprite from which every picture of a page is taken.
#[component]
pub fn Icons() -> impl IntoView {
    let symbols: String = ICONS
        .iter()
        .map(|(name, drawing)| format!(r#"<symbol id="icon-{name}" viewBox="0 0 16 16">{drawing}</symbol>"#))
        .collect();
    view! { <svg class="sprite" aria-hidden="true" width="0" height="0" inner_html=symbols></svg> }
}

#[cfg(test)]
mod tests {
    use super::ICONS;
    use std::collections::HashSet;

    #[test]
    fn every_picture_has_its_own_name() {
        let names: HashSet<_> = ICONS.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), ICONS.len());
    }

    #[test]
    fn every_state_has_a_picture() {
        for state in [
            engine::view::StateName::Unlinked,
            engine::view::StateName::Live,
            engine::view::StateName::Spending,
            engine::view::StateName::InDoubt,
            engine::view::StateName::Waiting,
            engine::view::StateName::Recovering,
            engine::view::StateName::Broken,
        ] {
            assert!(ICONS.iter().any(|(name, _)| *name == state.as_str()), "{}", state.as_str());
        }
    }
}
