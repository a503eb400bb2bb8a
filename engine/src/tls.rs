//! TLS of all clients of this process: what the machine trusts is read once, and not again for each of them.

use std::sync::{Arc, OnceLock};

use reqwest::ClientBuilder;
use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls_platform_verifier::Verifier;

/// HTTP/1.1 alone.
pub(crate) const HTTP1: &[&[u8]] = &[b"http/1.1"];
/// HTTP/2 where the server speaks it.
pub(crate) const HTTP2: &[&[u8]] = &[b"h2", b"http/1.1"];

static TRUSTING: OnceLock<ClientConfig> = OnceLock::new();

/// Lets a client share what this process knows of whom to trust, and speak one of these protocols (ALPN).
pub(crate) fn shared(client: ClientBuilder, protocols: &[&[u8]]) -> ClientBuilder {
    match trusting() {
        Ok(config) => {
            let mut config = config.clone();
            config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
            client.tls_backend_preconfigured(config)
        }
        // It will say by itself what is wrong.
        Err(_) => client,
    }
}

fn trusting() -> Result<&'static ClientConfig, rustls::Error> {
    if let Some(known) = TRUSTING.get() {
        return Ok(known);
    }
    let provider = Arc::new(default_provider());
    let verifier = Arc::new(Verifier::new(Arc::clone(&provider))?);
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(TRUSTING.get_or_init(|| config))
}
