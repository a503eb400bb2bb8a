//! What alerts are sent with: the mail server, and the hosts that webhooks may be at.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use engine::alert::{MailServer, MailServerError, Outgoing};
use engine::guard::secret::SmtpUrl;

use super::{Given, SettingError, Source};

pub(super) fn outgoing(given: &Given) -> Result<Outgoing, SettingError> {
    Ok(Outgoing {
        mail: mail_server(given)?.map(Arc::new),
        allow_private: allow_private(given)?,
        ..Outgoing::default()
    })
}

fn mail_server(given: &Given) -> Result<Option<MailServer>, SettingError> {
    let half = |name, missing| SettingError::HalfMail { given: given.name_of(name), missing };
    let (url, named) = match (smtp_url(given)?, given.text("mail_from")?) {
        (None, None) => return Ok(None),
        (None, Some(_)) => return Err(half("mail_from", "smtp_url")),
        (Some((_, named)), None) => return Err(half(named, "mail_from")),
        (Some(url), Some(_)) => url,
    };
    let from = given.text("mail_from")?.unwrap_or_default();
    MailServer::parse(&url, from).map(Some).map_err(|source| {
        let name = match source {
            MailServerError::From => "mail_from",
            MailServerError::Address | MailServerError::Unprotected => named,
        };
        SettingError::Mail { source_name: given.name_of(name), source }
    })
}

/// The address of the mail server, and the setting that gave it.
fn smtp_url(given: &Given) -> Result<Option<(SmtpUrl, &'static str)>, SettingError> {
    let file = given.text("smtp_url_file")?.map(PathBuf::from);
    match (given.text("smtp_url")?, file) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(SettingError::TwoMailServers(given.name_of("smtp_url_file"))),
        (Some(_), None) if given.source("smtp_url") != Some(&Source::Environment) => {
            Err(SettingError::OpenMailPassword(given.name_of("smtp_url")))
        }
        (Some(text), None) => Ok(Some((SmtpUrl::new(text.to_owned()), "smtp_url"))),
        (None, Some(path)) => match fs::read_to_string(&path) {
            Ok(text) => Ok(Some((SmtpUrl::new(text), "smtp_url_file"))),
            Err(source) => {
                let source_name = given.name_of("smtp_url_file");
                Err(SettingError::MailFile { source_name, path, source })
            }
        },
    }
}

fn allow_private(given: &Given) -> Result<Vec<String>, SettingError> {
    let wanted = "a list of host names or addresses, separated by commas, such as hooks.internal,10.0.0.7";
    let Some(text) = given.text("allow_private")? else { return Ok(Vec::new()) };
    let hosts: Vec<String> = text.split(',').map(|host| host.trim().to_owned()).collect();
    let fits = |host: &String| {
        !host.is_empty()
            && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']'))
    };
    if hosts.iter().all(fits) { Ok(hosts) } else { Err(given.malformed("allow_private", wanted)) }
}
