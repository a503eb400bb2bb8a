//! Where a webhook may be: at public addresses only, unless the settings name its host.
//!
//! A name is looked up once for each delivery, every address that it has is looked at, and the
//! connection goes to one of exactly these: a name that says something else a moment later
//! gains nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;
use url::{Host, Url};

/// The longest address of a webhook.
const LONGEST: usize = 1_000;

/// Why an address is none for a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unfit {
    /// It is no address of the form `https://host/path`.
    #[error("it is no address of the form https://host/path")]
    NotAnAddress,
    /// Its host is not public, and not named in the settings.
    #[error("it is not public")]
    NotPublic,
}

/// Hosts that may be reached although they are not public.
#[derive(Clone, Debug, Default)]
pub(super) struct Allowed(Vec<String>);

impl Allowed {
    pub(super) fn new(hosts: &[String]) -> Self {
        let bare = |host: &String| host.trim().trim_matches(['[', ']']).to_ascii_lowercase();
        Self(hosts.iter().map(bare).collect())
    }

    pub(super) fn holds(&self, host: &str) -> bool {
        let host = host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
        self.0.contains(&host)
    }
}

/// Reads the address of a webhook: `https`, or `http` at a host that the settings name; with neither
/// a user nor a password in it, because it is shown.
///
/// # Errors
/// See [`Unfit`].
pub(crate) fn check_address(text: &str, allow_private: &[String]) -> Result<Url, Unfit> {
    let allowed = Allowed::new(allow_private);
    let url = Url::parse(text.trim()).map_err(|_| Unfit::NotAnAddress)?;
    let host = url.host().ok_or(Unfit::NotAnAddress)?;
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if !bare || !matches!(url.scheme(), "http" | "https") || text.len() > LONGEST {
        return Err(Unfit::NotAnAddress);
    }
    if allowed.holds(&host.to_string()) {
        return Ok(url);
    }
    let public = match host {
        Host::Ipv4(ip) => is_public(ip.into()),
        Host::Ipv6(ip) => is_public(ip.into()),
        // Looked up when something is sent.
        Host::Domain(_) => true,
    };
    match (public, url.scheme()) {
        (false, _) => Err(Unfit::NotPublic),
        (true, "https") => Ok(url),
        (true, _) => Err(Unfit::NotAnAddress),
    }
}

/// Looks names up, and lets through what may be reached.
pub(super) struct Lookup(pub(super) Allowed);

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.0.holds(name.as_str());
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !allowed && found.iter().any(|address| !is_public(address.ip())) {
                return Err(Unfit::NotPublic.into());
            }
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

/// Whether an address is anybody's on the open internet: not this machine, a private network, a link,
/// a group, nor set aside for something special.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// Leaves out what IANA's registry of special addresses does not call global.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        // Shared by providers (RFC 6598), measuring (RFC 2544), protocols (RFC 6890), 6to4 (RFC 7526).
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99);
    !special
}

/// Of the global unicast block what no registry sets aside; an address that holds an IPv4 one is as
/// public as that.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(inner) = ip.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    match ip.segments() {
        // NAT64 (RFC 6052).
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        // Protocols and Teredo, documentation, 6to4, documentation again.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}
