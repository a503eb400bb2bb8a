//! Which files a file makes the browser load.

use scraper::{Html, Selector};
use url::Url;

/// What of an HTML document is loaded, and the attribute that says from where.
const LOADED: [(&str, &str); 8] = [
    ("link[rel~=stylesheet], link[rel~=icon], link[rel~=preload]", "href"),
    ("link[rel~=modulepreload], link[rel~=manifest], link[rel~=prefetch]", "href"),
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("audio, video", "src"),
    ("image, use", "href"),
];

/// Whether a file of this media type can make the browser load more.
pub fn may_name_files(kind: &str) -> bool {
    ["text/html", "text/css", "text/javascript"].iter().any(|known| kind.starts_with(known))
}

/// The files that a file makes the browser load, without fragments.
pub fn of(kind: &str, content: &str, url: &Url) -> Vec<Url> {
    let names = if kind.starts_with("text/html") {
        of_document(content)
    } else if kind.starts_with("text/css") {
        of_styles(content)
    } else {
        of_script(content)
    };
    let whole = names.iter().filter(|name| !name.is_empty() && !name.starts_with('#'));
    whole
        .filter_map(|name| url.join(name).ok())
        .map(|mut url| {
            url.set_fragment(None);
            url
        })
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .collect()
}

fn of_document(content: &str) -> Vec<String> {
    let document = Html::parse_document(content);
    let mut names = Vec::new();
    for (wanted, attribute) in LOADED {
        // The selectors are our own and are tested.
        let Ok(selector) = Selector::parse(wanted) else { continue };
        let found = document.select(&selector).filter_map(|element| element.value().attr(attribute));
        names.extend(found.map(str::to_owned));
    }
    let Ok(inline) = Selector::parse("script:not([src])") else { return names };
    for script in document.select(&inline) {
        names.extend(of_script(&script.text().collect::<String>()));
    }
    names
}

/// What stands in `url(…)`.
fn of_styles(content: &str) -> Vec<String> {
    let rest = content.split("url(").skip(1);
    let inner = rest.filter_map(|rest| rest.split(')').next());
    inner
        .map(|name| name.trim().trim_matches(['"', '\'']).to_owned())
        .filter(|name| !name.starts_with("data:"))
        .collect()
}

/// What is loaded by a literal name: `from "./a.js"`, `import("./a.js")`, `import "./a.js"`,
/// `fetch("/a.wasm")`.
fn of_script(content: &str) -> Vec<String> {
    let mut names = Vec::new();
    for word in ["from", "import", "fetch"] {
        for rest in content.split(word).skip(1) {
            let rest = rest.trim_start_matches([' ', '(']);
            let Some(quote) = rest.chars().next().filter(|letter| matches!(letter, '"' | '\'')) else {
                continue;
            };
            let name = rest.split(quote).nth(1).unwrap_or_default();
            if name.starts_with("./") || name.starts_with("../") || name.starts_with('/') {
                names.push(name.to_owned());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(kind: &str, content: &str) -> Vec<String> {
        let Ok(url) = Url::parse("http://evergrant.example/pkg/file") else { return Vec::new() };
        of(kind, content, &url).iter().map(|url| url.path().to_owned()).collect()
    }

    #[test]
    fn every_selector_is_one() {
        for (selector, _) in LOADED {
            assert!(Selector::parse(selector).is_ok(), "{selector}");
        }
    }

    #[test]
    fn a_document_names_what_it_loads_and_not_where_it_leads() {
        let document = r##"<link rel="stylesheet" href="/pkg/a.css"><link rel="shortcut icon" href="/b.svg">
            <link rel="modulepreload" href="/pkg/c.js"><link rel="canonical" href="/elsewhere">
            <a href="/repairs">x</a><svg><use href="#icon"/></svg><img src="d.png">
            <script type="module">import("/pkg/c.js").then(it => it)</script><script src="/e.js"></script>"##;
        let mut names = found("text/html; charset=utf-8", document);
        names.sort();
        names.dedup();
        assert_eq!(names, ["/b.svg", "/e.js", "/pkg/a.css", "/pkg/c.js", "/pkg/d.png"]);
    }

    #[test]
    fn styles_name_fonts_and_pictures() {
        let styles = "a{background:url(data:image/png;base64,AA)}b{src:url('font.woff2')}c{mask:url(/d.svg)}";
        assert_eq!(found("text/css", styles), ["/pkg/font.woff2", "/d.svg"]);
    }

    #[test]
    fn a_script_names_what_it_loads() {
        let script = r#"import { a } from "./snippets/x.js"; import '../y.js'; const z = import("/z.js");
            const text = "imported from nowhere"; new URL('w.wasm', import.meta.url); fetch("/v.wasm")"#;
        assert_eq!(found("text/javascript", script), ["/pkg/snippets/x.js", "/y.js", "/z.js", "/v.wasm"]);
    }
}
