//! How programs ask for a token: texts to copy and paste, with the addresses of one data container.
//! No key is in them.

use url::Url;

/// A recipe for one kind of program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    /// Its id on the page.
    pub id: &'static str,
    /// The program.
    pub name: &'static str,
    /// The text.
    pub text: String,
}

const TEMPLATES: [(&str, &str, &str); 4] = [
    ("curl", "curl", include_str!("recipes/curl.sh")),
    ("python", "Python (requests)", include_str!("recipes/python.py")),
    ("power-query", "Power Query M (Power BI, Excel)", include_str!("recipes/power-query.pq")),
    ("ruby", "Ruby", include_str!("recipes/ruby.rb")),
];

/// The recipes for a data container of Evergrant at this address; `data` is where they read with the
/// token.
pub fn recipes(evergrant: &Url, database: &str, alias: &str, data: &Url) -> Vec<Recipe> {
    let token = token_address(evergrant, database, alias);
    let filled = |text: &str| {
        text.replace("{evergrant}", &origin(evergrant))
            .replace("{token_path}", &path(&token))
            .replace("{token_url}", &quoted(token.as_str()))
            .replace("{data_origin}", &origin(data))
            .replace("{data_path}", &path(data))
            .replace("{data_url}", &quoted(data.as_str()))
    };
    TEMPLATES.into_iter().map(|(id, name, text)| Recipe { id, name, text: filled(text) }).collect()
}

/// Where programs ask for the token of a container.
fn token_address(evergrant: &Url, database: &str, alias: &str) -> Url {
    let mut token = evergrant.clone();
    if let Ok(mut path) = token.path_segments_mut() {
        path.pop_if_empty().extend(["api", "v1", "databases", database, "containers", alias, "token"]);
    }
    token
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Path and query, without the slash in front.
fn path(url: &Url) -> String {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    quoted(&format!("{}{query}", url.path().trim_start_matches('/')))
}

/// An address that ends no text in quotes: the other quotation mark and the backslash are encoded in
/// every address already.
fn quoted(address: &str) -> String {
    address.replace('\'', "%27")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("it is an address")
    }

    #[test]
    fn every_recipe_names_both_addresses_and_leaves_no_gap() {
        let evergrant = url("https://evergrant.example/base/");
        let data = url("https://start.exactonline.nl/api/v1/current/Me?$select=UserID");
        let all = recipes(&evergrant, "jansen", "exact", &data);
        assert_eq!(all.len(), 4);
        for recipe in all {
            let text = &recipe.text;
            assert!(text.contains("base/api/v1/databases/jansen/containers/exact/token"), "{text}");
            assert!(text.contains("current/Me?$select=UserID"), "{text}");
            for gap in ["{evergrant}", "{token", "{data"] {
                assert!(!text.contains(gap), "{gap} in {text}");
            }
        }
    }

    #[test]
    fn nothing_in_an_address_ends_the_text_around_it() {
        let data = url("https://a.example/'\"$(touch x)`y`");
        for recipe in recipes(&url("https://evergrant.example"), "a'b\"", "c$(d)", &data) {
            assert!(!recipe.text.contains("a'b"), "{}", recipe.text);
        }
    }
}
