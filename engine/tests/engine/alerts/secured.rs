//! Mail over TLS: to a server that somebody vouches for, and to none else.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use engine::alert::{Answer, Language};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::post_office::{Locks, PASSWORD, PostOffice, mailbox};
use crate::recovery::scene::TIMING;
use crate::stores::start;
use crate::world::{World, on_each_store_sending};

const ADDRESS: &str = "EVERGRANT_TEST_SMTP_ADDRESS";
const PORT: &str = "EVERGRANT_TEST_SMTP_PORT";
const WAYS: [(&str, bool); 2] = [("smtp", false), ("smtps", true)];

/// A mail server with a certificate of its own, and that certificate.
async fn secured(at_once: bool) -> (PostOffice, String) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    (PostOffice::start_with(Some(Locks { acceptor, at_once })).await, made.cert.pem())
}

fn address(scheme: &str) -> String {
    format!("{scheme}://evergrant:p%40ss%20%26%20word%2F%25@127.0.0.1:PORT")
}

/// Sends a test by way of the server at this port, on every store; says what came of it.
async fn send(port: u16, address: &str, wanted: Answer) {
    on_each_store_sending(&PostOffice::outgoing_at(port, address), TIMING, async |world: World| {
        world.operator.add_alert_target(mailbox(Language::English)).await.unwrap();
        let target = world.operator.alert_targets().await.unwrap().remove(0);
        let answer = world.operator.test_alert_target(&target.id).await.unwrap();
        assert_eq!(answer, Some(wanted), "{address}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_nobody_vouches_for_is_refused_before_the_password() {
    for (scheme, at_once) in WAYS {
        let (office, _) = secured(at_once).await;
        send(office.port, &address(scheme), Answer::NotSecure).await;
        assert!(office.passwords().is_empty() && office.empty().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_goes_over_tls_to_a_server_that_the_machine_trusts() {
    for (scheme, at_once) in WAYS {
        let (office, certificate) = secured(at_once).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("trusted.pem");
        std::fs::write(&file, certificate).unwrap();
        let (address, port) = (address(scheme), office.port);
        tokio::task::spawn_blocking(move || child(&file, &address, port)).await.unwrap();
        assert!(!office.empty().is_empty(), "{scheme}");
        assert!(office.passwords().iter().all(|password| password == PASSWORD));
    }
}

/// Starts this test program once more, in which the machine trusts that certificate alone.
fn child(trusted: &Path, address: &str, port: u16) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["alerts::secured::the_child_sends_over_tls", "--exact", "--nocapture"])
        .env("SSL_CERT_FILE", trusted)
        .env(ADDRESS, address)
        .env(PORT, port.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let ended = start(&mut command).wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

/// The child's part; without the parent's words there is nothing to do.
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "the parent tells the child what to do in its environment")]
async fn the_child_sends_over_tls() {
    let (Ok(address), Ok(port)) = (std::env::var(ADDRESS), std::env::var(PORT)) else { return };
    send(port.parse().unwrap(), &address, Answer::Smtp(250)).await;
}
