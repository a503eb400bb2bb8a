use leptos::nonce::use_nonce;
use leptos::prelude::*;
use std::sync::Arc;

/// The addresses of what a page loads.
#[derive(Clone, Debug)]
pub struct Site {
    /// The script that starts the wasm file.
    pub js: Arc<str>,
    /// The wasm file.
    pub wasm: Arc<str>,
    /// The style sheet.
    pub css: Arc<str>,
}

const START: &str = include_str!("start.js");

/// The style sheet, and where a page has islands what brings them to life.
#[component]
pub fn SiteLinks(
    /// The addresses.
    site: Site,
    /// Whether the page has islands.
    islands: bool,
) -> impl IntoView {
    let nonce = use_nonce();
    let start = start(&site);
    // The wasm file is fetched by the script alone: a hint here would load it without scripts too.
    let scripts = islands.then(|| {
        view! {
            <link rel="modulepreload" href=site.js.to_string()/>
            <script type="module" nonce=nonce inner_html=start></script>
        }
    });
    view! {
        <link rel="stylesheet" href=site.css.to_string()/>
        {scripts}
    }
}

/// The script of a page. The addresses come from our own build and are written as JSON, which is
/// script too.
fn start(site: &Site) -> String {
    let address = |text: &str| serde_json::Value::from(text).to_string();
    START.replace("SCRIPT", &address(&site.js)).replace("WASM", &address(&site.wasm))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_script_names_both_files() {
        let site = Site { js: "/pkg/a.js".into(), wasm: "/pkg/b.wasm".into(), css: "/pkg/c.css".into() };
        let start = start(&site);
        assert!(start.contains(r#"import("/pkg/a.js")"#), "{start}");
        assert!(start.contains(r#""/pkg/b.wasm""#) && !start.contains("SCRIPT"), "{start}");
    }
}
