//! The pages of the second origin: script variables that say what is wanted, and a script
//! that makes a form of them for people.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::{Value, json};

use super::journeys::Journey;
use super::{POLICY, TENANT};
use crate::generation::IdentityPages;
use crate::pages::Language;
use crate::pages::layout::STYLE;

/// The page of the journey's present round.
pub(super) fn show(language: Language, journey: &Journey, tx: &str, pages: &IdentityPages) -> Markup {
    let wanted = journey.round.wanted(pages);
    let fields: Vec<Value> = journey
        .round
        .declared(pages)
        .into_iter()
        .map(|id| {
            let given = if id == pages.user_name_field { journey.handover.typed.as_str() } else { "" };
            field(language, id, given, wanted.contains(&id))
        })
        .collect();
    let title = language.say("Sign in", "Aanmelden");
    frame(language, title, None, &settings(language, journey.round.api(), &journey.csrf, tx), &fields)
}

/// A page with fields that belong to no sign-in; nothing that it asks for is taken.
pub(crate) fn foreign(language: Language, title: &str, text: &str, ids: &[&str]) -> Markup {
    let fields: Vec<Value> = ids.iter().map(|id| field(language, id, "", true)).collect();
    frame(language, title, Some(text), &settings(language, "SelfAsserted", "none", "none"), &fields)
}

/// The last page: it posts these fields to the first origin.
pub(super) fn back(address: &str, fields: &[(&str, &str)]) -> Markup {
    html! {
        (DOCTYPE)
        html {
            head { meta charset="utf-8"; title { "Continue" } }
            body {
                form id="auto" method="post" action=(address) {
                    @for (name, value) in fields {
                        input type="hidden" name=(name) id=(name) value=(value);
                    }
                    noscript {
                        p { "Script is disabled. Click Continue." }
                        input type="submit" value="Continue";
                    }
                }
                script { "document.getElementById('auto').submit();" }
            }
        }
    }
}

fn frame(language: Language, title: &str, text: Option<&str>, settings: &Value, fields: &[Value]) -> Markup {
    let fields = json!({ "AttributeFields": fields });
    let content = json!({ "button_continue": language.say("Continue", "Doorgaan") });
    html! {
        (DOCTYPE)
        html lang=(language.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · One Exact Identity (sandbox)" }
                style { (PreEscaped(STYLE)) }
                script { (PreEscaped(format!(
                    "var SA_FIELDS = {};\nvar CONTENT = {};\nvar SETTINGS = {};\n",
                    in_script(&fields), in_script(&content), in_script(settings),
                ))) }
            }
            body {
                main class="card" {
                    p class="brand" { "exact" span { "identity sandbox" } }
                    h1 { (title) }
                    @if let Some(text) = text { p { (text) } }
                    div id="api" data-name="SelfAsserted" {
                        div id="error" class="error" role="alert" {}
                        form id="attributeVerification" {}
                    }
                    noscript { p { "This page needs JavaScript." } }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

fn settings(language: Language, api: &str, csrf: &str, tx: &str) -> Value {
    json!({
        "remoteResource": "/static/unified.html",
        "retryLimit": 3,
        "trimSpacesInPassword": true,
        "api": api,
        "csrf": csrf,
        "transId": tx,
        "pageViewId": uuid::Uuid::new_v4(),
        "suppressElementCss": false,
        "pageMode": 1,
        "config": { "operatingMode": "Email", "enableRememberMe": "false" },
        "hosts": { "tenant": TENANT, "policy": POLICY, "static": "/static/" },
        "locale": { "lang": language.code() },
    })
}

/// One entry of `SA_FIELDS.AttributeFields`.
fn field(language: Language, id: &str, given: &str, wanted: bool) -> Value {
    let (label, kind, pattern) = match id {
        "signInName" | "email" | "emailAddress" => {
            (language.say("E-mail address", "E-mailadres"), "TextBox", "^.{1,254}$")
        }
        "password" => (language.say("Password", "Wachtwoord"), "Password", "^.{1,256}$"),
        "totpVerificationCode" => {
            (language.say("Verification code", "Verificatiecode"), "TextBox", "^[0-9]{6}$")
        }
        "reset_totp" | "totp_skip_days" | "userAgent" => (id, "Hidden", ""),
        "rememberMePeriodChangeInfo" => (
            language.say("This device is remembered for 30 days.", "Dit apparaat wordt 30 dagen onthouden."),
            "Paragraph",
            "",
        ),
        other => (other, "TextBox", ""),
    };
    json!({
        "UX_INPUT_TYPE": kind,
        "USER_INPUT_TYPE": kind,
        "IS_PASSWORD": kind == "Password",
        "IS_HIDDEN": kind == "Hidden",
        "IS_PARAGRAPH": kind == "Paragraph",
        "ID": id,
        "DN": label,
        "PAT": pattern,
        "PRE": given,
        "IS_REQ": wanted,
        "OPTS": [],
    })
}

/// JSON that can stand in a script element.
fn in_script(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c")
}

/// For people: makes inputs of the fields, sends the answers, goes on.
const SCRIPT: &str = r#"
(function () {
  var form = document.getElementById("attributeVerification");
  var error = document.getElementById("error");
  var set = { userAgent: navigator.userAgent, reset_totp: "false", totp_skip_days: "true" };
  var kinds = { signInName: "username", email: "username", emailAddress: "username",
    password: "current-password", totpVerificationCode: "one-time-code" };
  var query = "tx=" + encodeURIComponent(SETTINGS.transId) + "&p=" + encodeURIComponent(SETTINGS.hosts.policy);
  var asks = false;
  SA_FIELDS.AttributeFields.forEach(function (field) {
    if (field.UX_INPUT_TYPE === "Paragraph") {
      form.appendChild(document.createElement("p")).textContent = field.DN;
      return;
    }
    var input = document.createElement("input");
    input.name = input.id = field.ID;
    if (field.UX_INPUT_TYPE === "Hidden") {
      input.type = "hidden";
      input.value = set[field.ID] || "";
    } else {
      asks = true;
      var label = form.appendChild(document.createElement("label"));
      label.htmlFor = field.ID;
      label.textContent = field.DN;
      input.type = field.UX_INPUT_TYPE === "Password" ? "password" : "text";
      input.value = field.PRE || "";
      input.autocomplete = kinds[field.ID] || "off";
    }
    form.appendChild(input);
  });
  async function send() {
    var body = new URLSearchParams(new FormData(form));
    body.set("request_type", "RESPONSE");
    var headers = { "X-CSRF-TOKEN": SETTINGS.csrf, "X-Requested-With": "XMLHttpRequest" };
    var answer = await fetch(SETTINGS.hosts.tenant + "/SelfAsserted?" + query,
      { method: "POST", headers: headers, body: body });
    var told = await answer.json();
    if (told.status !== "200") { error.textContent = told.message; return; }
    location.href = SETTINGS.hosts.tenant + "/api/" + SETTINGS.api + "/confirmed?csrf_token=" +
      encodeURIComponent(SETTINGS.csrf) + "&" + query;
  }
  form.addEventListener("submit", function (event) { event.preventDefault(); send(); });
  if (!asks) { send(); return; }
  var actions = form.appendChild(document.createElement("div"));
  actions.className = "actions";
  actions.appendChild(document.createElement("button")).textContent = CONTENT.button_continue;
})();
"#;
