//! Where a request comes from: the other end of the connection, or who a trusted proxy says it is.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

pub use app::Address;
use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;
use ipnet::IpNet;
use tower::util::MapRequestLayer;

/// What proxies say of who asked them.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// The headers by which a request shows that somebody passed it on.
const PASSED_ON: [&str; 3] = [FORWARDED_FOR, "forwarded", "via"];

/// The proxies that are believed.
pub type Trusted = Arc<[IpNet]>;

/// Notes where a request comes from, for whoever answers it.
pub fn layer(
    trusted: Trusted,
) -> MapRequestLayer<impl Fn(Request) -> Request + Clone + Send + Sync + 'static> {
    MapRequestLayer::new(move |request| note(&trusted, request))
}

fn note(trusted: &Trusted, mut request: Request) -> Request {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    if let Some(peer) = peer {
        let from = origin(peer.to_canonical(), request.headers(), trusted);
        request.extensions_mut().insert(Address(from));
    }
    request
}

/// Whether somebody passed the request on.
pub fn is_passed_on(headers: &HeaderMap) -> bool {
    PASSED_ON.into_iter().any(|name| headers.contains_key(name))
}

/// Each proxy adds who asked it at the end of the list, so it is read backwards, for as long as the
/// one who says it is believed.
fn origin(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let believed = |ip: &IpAddr| trusted.iter().any(|net| net.contains(ip));
    let lists = headers.get_all(FORWARDED_FOR).iter().filter_map(|list| list.to_str().ok());
    let said: Vec<&str> = lists.flat_map(|list| list.split(',')).map(str::trim).collect();
    let mut from = peer;
    for said in said.into_iter().rev() {
        if !believed(&from) {
            break;
        }
        match said.parse::<IpAddr>() {
            Ok(said) => from = said.to_canonical(),
            Err(_) => break,
        }
    }
    from
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn from(peer: &str, lists: &[&'static str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for list in lists {
            headers.append(FORWARDED_FOR, list.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        origin(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn nobody_is_believed_unless_trusted() {
        assert_eq!(from("192.0.2.1", &["198.51.100.7"], &[]), "192.0.2.1");
        assert_eq!(from("192.0.2.1", &["198.51.100.7"], &["10.0.0.0/8"]), "192.0.2.1");
    }

    #[test]
    fn a_trusted_proxy_says_who_asked_it() {
        let trusted = ["127.0.0.1/32", "10.0.0.0/8"];
        assert_eq!(from("127.0.0.1", &["198.51.100.7"], &trusted), "198.51.100.7");
        assert_eq!(from("127.0.0.1", &[], &trusted), "127.0.0.1");
        assert_eq!(from("127.0.0.1", &["192.0.2.9, 198.51.100.7", "10.1.1.1"], &trusted), "198.51.100.7");
        // What the caller wrote himself stands before what the proxy added.
        assert_eq!(from("127.0.0.1", &["127.0.0.1, 198.51.100.7"], &trusted), "198.51.100.7");
        assert_eq!(from("127.0.0.1", &["198.51.100.7, nonsense"], &trusted), "127.0.0.1");
    }
}
