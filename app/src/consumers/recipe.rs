//! How programs ask for a token: texts to copy and paste, with the addresses of one data container.
//! No key is in them.

use chain::ConsumerId;
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

const TEMPLATES: [(&str, &str, &str); 5] = [
    ("curl", "curl", include_str!("recipes/curl.sh")),
    ("python", "Python (requests)", include_str!("recipes/python.py")),
    ("power-query", "Power Query M (Power BI, Excel)", include_str!("recipes/power-query.pq")),
    ("ruby", "Ruby", include_str!("recipes/ruby.rb")),
    ("curl-short-lived", "curl, with a short-lived token", include_str!("recipes/curl-short-lived.sh")),
];

/// What recipes are written for.
pub struct Wanted<'a> {
    /// Where Evergrant is.
    pub evergrant: &'a Url,
    /// The consumer.
    pub client_id: ConsumerId,
    /// The slug of a database that it reaches.
    pub database: &'a str,
    /// One of its data containers.
    pub alias: &'a str,
    /// Where programs read with the token.
    pub data: &'a Url,
}

/// The recipes for a data container.
pub fn recipes(wanted: &Wanted<'_>) -> Vec<Recipe> {
    let Wanted { evergrant, client_id, database, alias, data } = *wanted;
    let token = below(evergrant, &["api", "v1", "databases", database, "containers", alias, "token"]);
    let oauth = below(evergrant, &["oauth", "token"]);
    let filled = |text: &str| {
        text.replace("{evergrant}", &origin(evergrant))
            .replace("{client_id}", &client_id.to_string())
            .replace("{oauth_url}", &quoted(oauth.as_str()))
            .replace("{token_path}", &path(&token))
            .replace("{token_url}", &quoted(token.as_str()))
            .replace("{data_origin}", &origin(data))
            .replace("{data_path}", &path(data))
            .replace("{data_url}", &quoted(data.as_str()))
    };
    TEMPLATES.into_iter().map(|(id, name, text)| Recipe { id, name, text: filled(text) }).collect()
}

/// An address of Evergrant.
fn below(evergrant: &Url, segments: &[&str]) -> Url {
    let mut address = evergrant.clone();
    if let Ok(mut path) = address.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    address
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

    fn filled(evergrant: &str, database: &str, alias: &str, data: &str) -> Vec<Recipe> {
        let (evergrant, data) = (url(evergrant), url(data));
        let client_id = ConsumerId(7);
        recipes(&Wanted { evergrant: &evergrant, client_id, database, alias, data: &data })
    }

    #[test]
    fn every_recipe_names_both_addresses_and_leaves_no_gap() {
        let data = "https://start.exactonline.nl/api/v1/current/Me?$select=UserID";
        let all = filled("https://evergrant.example/base/", "jansen", "exact", data);
        assert_eq!(all.len(), TEMPLATES.len());
        for recipe in all {
            let text = &recipe.text;
            assert!(text.contains("base/api/v1/databases/jansen/containers/exact/token"), "{text}");
            assert!(text.contains("current/Me?$select=UserID"), "{text}");
            for gap in ["{evergrant}", "{token", "{data", "{oauth", "{client"] {
                assert!(!text.contains(gap), "{gap} in {text}");
            }
            let short_lived = text.contains("client_credentials");
            assert_eq!(text.contains("https://evergrant.example/base/oauth/token'"), short_lived, "{text}");
            assert_eq!(text.contains(&ConsumerId(7).to_string()), short_lived, "{text}");
        }
    }

    #[test]
    fn nothing_in_an_address_ends_the_text_around_it() {
        let data = "https://a.example/'\"$(touch x)`y`";
        for recipe in filled("https://evergrant.example", "a'b\"", "c$(d)", data) {
            assert!(!recipe.text.contains("a'b"), "{}", recipe.text);
        }
    }
}
