//! Addresses around a container.

use crate::visit::encode;

/// Leads to the provider and back to the database.
pub fn renew(database: &str, alias: &str) -> String {
    let back = encode(&format!("/databases/{database}"));
    format!("/renew/{}/{}?return_to={back}", encode(database), encode(alias))
}

/// The page of one container.
pub fn container_page(database: &str, alias: &str) -> String {
    format!("/databases/{}/{}", encode(database), encode(alias))
}

/// The page of a container's auto-recovery.
pub fn recovery_page(database: &str, alias: &str) -> String {
    format!("{}/recovery", container_page(database, alias))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renew_link_comes_back_to_its_database() {
        assert_eq!(renew("acme", "eol"), "/renew/acme/eol?return_to=%2Fdatabases%2Facme");
        assert_eq!(container_page("acme", "a b"), "/databases/acme/a%20b");
    }
}
