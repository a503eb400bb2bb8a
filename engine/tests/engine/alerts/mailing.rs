//! Alerts by e-mail, at a mail server that takes them, and at one that does not.

use engine::alert::{Answer, Language, MailServer, MailServerError, State};
use engine::guard::secret::SmtpUrl;
use engine::view::StateName;
use engine::{AlertTargetForm, FormError, Problem};

use super::post_office::{Manner, PASSWORD, PostOffice, mailbox};
use crate::recovery::scene::TIMING;
use crate::world::{World, on_each_store_sending};

const PLAIN: &str = "smtp://evergrant:p%40ss%20%26%20word%2F%25@127.0.0.1:PORT?tls=none";

async fn on_each_store(office: &PostOffice, address: &str, story: impl AsyncFn(World)) {
    on_each_store_sending(&office.outgoing(address), TIMING, story).await;
}

impl World {
    /// Sends a test to the only target.
    async fn test(&self) -> Answer {
        let target = self.operator.alert_targets().await.unwrap().remove(0);
        self.operator.test_alert_target(&target.id).await.unwrap().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_says_what_happened_in_the_language_of_its_reader() {
    let office = PostOffice::start().await;
    on_each_store(&office, PLAIN, async |world: World| {
        crate::recovery::scene::prepare(&world).await;
        for language in [Language::English, Language::Dutch] {
            let form = AlertTargetForm { name: language.as_str().to_owned(), ..mailbox(language) };
            world.operator.add_alert_target(form).await.unwrap();
        }
        world.break_and_notice().await;
        world.until(StateName::Broken).await;
        world.deliver().await;
        let mut mails = office.empty();
        mails.sort_by_key(|mail| mail.text.contains("moet hersteld worden"));
        let [english, dutch] = mails.as_slice() else { panic!("{mails:?}") };
        assert_eq!(
            (english.from.as_str(), english.to.as_slice()),
            ("evergrant@example.com", &["anna@example.com".to_owned()][..])
        );
        // What is not ASCII is encoded: the dot between the two names.
        for part in
            ["From: ", "Evergrant <evergrant@example.com>", "Subject: ", "Message-ID: <", "Evergrant-Id: "]
        {
            assert!(english.text.contains(part), "{part} in {}", english.text);
        }
        assert!(english.text.contains("needs repair: somebody has to sign in"), "{}", english.text);
        assert!(dutch.text.contains("moet hersteld worden"), "{}", dutch.text);
        assert!(english.text.contains("http://127.0.0.1:3000/databases/test/eol"), "{}", english.text);
        let delivery = world.operator.alert_deliveries().await.unwrap().remove(0);
        assert_eq!((delivery.state, delivery.tries), (State::Delivered, 1));

        // Sent once more, it is the same mail to whoever reads it.
        let named = |text: &str| text.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned();
        world.operator.redeliver(&delivery.id).await.unwrap();
        let again = office.empty().remove(0);
        assert_eq!(named(&again.text), named(&english.text));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_refuses_is_asked_again_later() {
    let office = PostOffice::start().await;
    on_each_store(&office, PLAIN, async |world: World| {
        crate::recovery::scene::prepare(&world).await;
        world.operator.add_alert_target(mailbox(Language::English)).await.unwrap();
        office.does(Manner::KnowsNobody);
        world.break_and_notice().await;
        world.until(StateName::Broken).await;
        world.deliver().await;
        let delivery = world.operator.alert_deliveries().await.unwrap().remove(0);
        assert_eq!(delivery.state, State::Pending);
        assert_eq!(delivery.last.map(|(_, answer)| answer), Some(Answer::Smtp(550)));
        office.does(Manner::Takes);
        world.deliver_after(30).await;
        assert_eq!(office.empty().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_a_silent_server_have_their_names() {
    let office = PostOffice::start().await;
    let wrong = "smtp://evergrant:wrong@127.0.0.1:PORT?tls=none";
    on_each_store(&office, wrong, async |world: World| {
        office.does(Manner::Takes);
        world.operator.add_alert_target(mailbox(Language::English)).await.unwrap();
        assert_eq!(world.test().await, Answer::Smtp(535));
        office.does(Manner::Silent);
        assert_eq!(world.test().await, Answer::NoAnswer);
        assert!(office.empty().is_empty());
    })
    .await;
    on_each_store(&office, "smtp://127.0.0.1:1?tls=none", async |world: World| {
        world.operator.add_alert_target(mailbox(Language::English)).await.unwrap();
        assert_eq!(world.test().await, Answer::Unreachable);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_gets_neither_password_nor_mail() {
    let office = PostOffice::start().await;
    for address in ["smtp://evergrant:hush@127.0.0.1:PORT", "smtps://evergrant:hush@127.0.0.1:PORT"] {
        on_each_store(&office, address, async |world: World| {
            world.operator.add_alert_target(mailbox(Language::English)).await.unwrap();
            assert_eq!(world.test().await, Answer::NotSecure, "{address}");
        })
        .await;
    }
    assert!(office.empty().is_empty() && office.passwords().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_mailbox_is_refused() {
    let office = PostOffice::start().await;
    on_each_store(&office, PLAIN, async |world: World| {
        for address in
            ["anna", "anna@", "anna@example.com, ben@example.com", "anna@example.com\r\nBcc: x@y.z"]
        {
            let form = AlertTargetForm { address: address.to_owned(), ..mailbox(Language::English) };
            let refused = world.operator.add_alert_target(form).await.err();
            let Some(FormError::Invalid { field, problem }) = refused else { panic!("{address} was taken") };
            assert_eq!((field, problem), ("address", Problem::NotAMailbox), "{address}");
        }
        assert_eq!(world.operator.alerts_from().as_deref(), Some("Evergrant <evergrant@example.com>"));
    })
    .await;
    assert!(!office.passwords().contains(&PASSWORD.to_owned()), "nothing was sent");
}

#[test]
fn a_mail_server_is_read_from_its_address_or_refused_without_repeating_it() {
    let parse = |url: &str, from: &str| MailServer::parse(&SmtpUrl::new(url.to_owned()), from).err();
    let from = "Evergrant <evergrant@example.com>";
    for good in [
        "smtps://name:password@mail.example.com",
        "smtp://name:password@mail.example.com:2525",
        "smtp://mail.example.com/",
        "smtp://localhost:25?tls=none",
        "smtp://[::1]:25?tls=none\n",
    ] {
        assert_eq!(parse(good, from), None, "{good}");
    }
    for bad in [
        "",
        "mail.example.com",
        "https://mail.example.com",
        "smtp://",
        "smtp://name@mail.example.com",
        "smtp://mail.example.com/path",
        "smtp://mail.example.com?tls=maybe",
        "smtps://mail.example.com?tls=none",
    ] {
        assert_eq!(parse(bad, from), Some(MailServerError::Address), "{bad}");
    }
    let open = parse("smtp://name:hush@mail.example.com?tls=none", from);
    assert_eq!(open, Some(MailServerError::Unprotected));
    assert_eq!(parse("smtps://mail.example.com", "nobody"), Some(MailServerError::From));
}
