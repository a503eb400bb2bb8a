//! Exact Online: its hosts, its words and its probe.

pub mod identity;
pub mod refusal;

/// Exact Online's authorization server of a country; every country is one of its own.
/// Source: the public list of providers of the Nango project.
pub fn host(country: &str) -> Option<&'static str> {
    Some(match country {
        "nl" => "https://start.exactonline.nl",
        "be" => "https://start.exactonline.be",
        "de" => "https://start.exactonline.de",
        "fr" => "https://start.exactonline.fr",
        "es" => "https://start.exactonline.es",
        "uk" => "https://start.exactonline.co.uk",
        "us" => "https://start.exactonline.com",
        _ => return None,
    })
}

/// Where its REST API is.
pub const API: &str = "/api/v1/";

/// Where Exact Online's newer sign-in pages are, for every country.
pub const IDENTITY: &str = "https://login.exact.com";

/// The countries that [`host`] knows.
pub const COUNTRIES: [&str; 7] = ["nl", "be", "de", "fr", "es", "uk", "us"];
