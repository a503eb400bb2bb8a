//! The filter of the list, as it stands in the address.

use engine::view::{DatabaseFilter, DatabaseSort, Standing};
use url::form_urlencoded::{Serializer, parse};

/// Every standing to filter by.
pub const STANDINGS: [Standing; 4] = [Standing::Repair, Standing::Live, Standing::Busy, Standing::Unlinked];
/// Every order.
pub const SORTS: [DatabaseSort; 3] = [DatabaseSort::Name, DatabaseSort::Repairs, DatabaseSort::Freshness];

/// The word of a standing in addresses.
pub const fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Repair => "repair",
        Standing::Live => "live",
        Standing::Busy => "busy",
        Standing::Unlinked => "unlinked",
    }
}

/// The word of an order in addresses.
pub const fn sort_word(sort: DatabaseSort) -> &'static str {
    match sort {
        DatabaseSort::Name => "name",
        DatabaseSort::Repairs => "repairs",
        DatabaseSort::Freshness => "freshness",
    }
}

/// Reads a query; what is not understood counts as not asked for.
pub fn read(query: &str) -> DatabaseFilter {
    let mut filter = DatabaseFilter { page: 1, ..DatabaseFilter::default() };
    for (name, value) in parse(query.as_bytes()) {
        match name.as_ref() {
            "search" => filter.search = value.trim().chars().take(200).collect(),
            "standing" => filter.standing = STANDINGS.into_iter().find(|it| standing_word(*it) == value),
            "sort" => filter.sort = SORTS.into_iter().find(|it| sort_word(*it) == value).unwrap_or_default(),
            "page" => filter.page = value.parse().unwrap_or(1).max(1),
            _ => {}
        }
    }
    filter
}

/// The address of the list with this filter; what is as usual is left out.
pub fn address(filter: &DatabaseFilter) -> String {
    let mut query = Serializer::new(String::new());
    if !filter.search.is_empty() {
        query.append_pair("search", &filter.search);
    }
    if let Some(standing) = filter.standing {
        query.append_pair("standing", standing_word(standing));
    }
    if filter.sort != DatabaseSort::default() {
        query.append_pair("sort", sort_word(filter.sort));
    }
    if filter.page > 1 {
        query.append_pair("page", &filter.page.to_string());
    }
    let query = query.finish();
    if query.is_empty() { "/databases".to_owned() } else { format!("/databases?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filter_survives_the_address() {
        for standing in STANDINGS.into_iter().map(Some).chain([None]) {
            for sort in SORTS {
                for search in ["", "café & co/100%", "a+b"] {
                    for page in [1, 7] {
                        let filter = DatabaseFilter { search: search.to_owned(), standing, sort, page };
                        let address = address(&filter);
                        let query = address.split_once('?').map_or("", |(_, query)| query);
                        assert_eq!(read(query), filter, "{address}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_as_usual_is_not_in_the_address() {
        assert_eq!(address(&DatabaseFilter { page: 1, ..DatabaseFilter::default() }), "/databases");
    }

    #[test]
    fn nonsense_in_the_address_is_not_an_error() {
        let filter = read("standing=happy&sort=colour&page=-3&page=x&other=1&search=%20x%20");
        assert_eq!(filter, DatabaseFilter { search: "x".to_owned(), page: 1, ..DatabaseFilter::default() });
    }
}
