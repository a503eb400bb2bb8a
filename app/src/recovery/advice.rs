use crate::guide::{ReadMore, Topic};
use crate::language::{Language, say};
use leptos::prelude::*;

/// The recommendations, in their order.
const ADVICE: [(&str, Topic); 3] =
    [("user", Topic::SeparateUser), ("password", Topic::StrongPassword), ("hardening", Topic::Hardening)];

/// What to see to before a sign-in is entrusted: a list to tick off, each with how it is done.
#[component]
pub fn Advice(
    /// The language.
    language: Language,
) -> impl IntoView {
    let items = ADVICE.map(|(name, topic)| {
        let text = |part: &str| language.text(&format!("advice.{name}.{part}"));
        let id = format!("advice-{name}");
        view! {
            <li>
                <div class="field-check">
                    <input id=id.clone() type="checkbox"/>
                    <label for=id>{text("title")}</label>
                    <details>
                        <summary>{say!(language, "advice.how")} <span class="visually-hidden">{text("title")}</span></summary>
                        <p>{text("why")}</p>
                        <p>{text("how")}</p>
                        <p><ReadMore language topic/></p>
                    </details>
                </div>
            </li>
        }
    });
    view! {
        <section class="advice" aria-labelledby="advice">
            <h2 id="advice">{say!(language, "advice.title")}</h2>
            <ul>{items.into_iter().collect_view()}</ul>
            <p class="advice-more">
                <ReadMore language topic=Topic::OneTimeCodes/>
                <ReadMore language topic=Topic::AutoRecovery/>
            </p>
        </section>
    }
}
