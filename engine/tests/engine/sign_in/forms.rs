//! The forms of other OAuth servers, in the shapes that are about.

use engine::sign_in::{Page, Refusal};

use super::reading::{ANNA, HERE, answered, check, check_nothing, kind, look, look_from, written};

#[test]
fn a_keycloak_page_is_signed_in_to() {
    check(
        include_str!("pages/keycloak.html"),
        "sign-in",
        "POST https://id.example.nl/realms/one/login-actions/authenticate?session_code=a-b&execution=1&tab_id=t",
        &[("username", ANNA), ("password", "p&ss word"), ("credentialId", ""), ("login", "Sign In")],
    );
}

#[test]
fn a_django_page_is_signed_in_to_beside_search_and_newsletter() {
    check(
        include_str!("pages/django.html"),
        "sign-in",
        "POST https://id.example.nl/accounts/login/",
        &[
            ("csrfmiddlewaretoken", "abc+/="),
            ("username", ANNA),
            ("password", "p&ss word"),
            ("next", "/o/authorize/?a=1&b=2"),
        ],
    );
}

#[test]
fn an_asp_net_page_is_signed_in_to_and_its_complaint_is_heard() {
    let body = include_str!("pages/aspnet.html");
    assert!(look(body).said.has(Refusal::Password));
    check(
        body,
        "sign-in",
        &format!("POST {HERE}"),
        &[
            ("Input.Email", ANNA),
            ("Input.Password", "p&ss word"),
            ("__RequestVerificationToken", "CfDJ8"),
            ("Input.RememberMe", "false"),
        ],
    );
}

#[test]
fn a_sign_in_in_two_steps_asks_for_the_name_and_then_for_the_password() {
    check(
        r#"<form method=post action=/step><label>E-mail <input name=loginfmt type=email></label>
           <input type=button value=Back><input type=submit value=Next></form>"#,
        "user name",
        "POST https://id.example.nl/step",
        &[("loginfmt", ANNA)],
    );
    check(
        r#"<form method=post action=?step=2><input name=loginfmt value="anna@example.nl" readonly>
           <input type=password name=passwd><button name=go value=1>Inloggen</button></form>"#,
        "password",
        "POST https://id.example.nl/realms/one/sign-in?step=2",
        &[("loginfmt", ANNA), ("passwd", "p&ss word"), ("go", "1")],
    );
}

#[test]
fn a_page_of_oidc_provider_is_signed_in_to_and_allowed() {
    check(
        r#"<h1>Sign-in</h1><form autocomplete="off" action="https://id.example.nl/interaction/x1" method="post">
           <input type="hidden" name="prompt" value="login"/>
           <input required type="text" name="login" placeholder="Enter any login" autofocus="on">
           <input required type="password" name="password" placeholder="and password">
           <button type="submit" class="login login-submit">Sign-in</button></form>"#,
        "sign-in",
        "POST https://id.example.nl/interaction/x1",
        &[("prompt", "login"), ("login", ANNA), ("password", "p&ss word")],
    );
    check(
        r#"<h1>Authorize</h1><div class="login-client-image"></div><ul><li>the client is asking you to confirm
           previously given authorization</li></ul><form autocomplete="off" action="/interaction/x2" method="post">
           <input type="hidden" name="prompt" value="consent"/>
           <button autofocus type="submit" class="login login-submit">Continue</button></form>
           <div class="login-help"><a href="/interaction/x2/abort">[ Cancel ]</a></div>"#,
        "consent",
        "POST https://id.example.nl/interaction/x2",
        &[("prompt", "consent")],
    );
}

#[test]
fn a_one_time_code_is_known_by_purpose_name_or_label() {
    for field in [
        r#"<input name=c autocomplete="one-time-code">"#,
        r#"<label for=x>Verificatiecode</label><input id=x name=c>"#,
        r#"<label>Code <input name=c inputmode=numeric></label>"#,
        r#"<input name=c type=password placeholder="6-digit OTP">"#,
        r#"<input name=c type=tel aria-label="Code from your authenticator app">"#,
        r#"<input name=c maxlength=6 title="Enter the token">"#,
    ] {
        let body = format!("<form method=post action=/c>{field}<button>Verify</button></form>");
        check(&body, "code", "POST https://id.example.nl/c", &[("c", "123456")]);
    }
}

#[test]
fn a_code_that_was_sent_to_the_user_is_not_made_up() {
    for text in ["We sent a code to your phone.", "Er is een code gestuurd naar uw telefoon."] {
        check_nothing(
            &format!(
                "<p>{text}</p><form method=post><input autocomplete=one-time-code name=c><button>OK</button></form>"
            ),
            "unknown",
        );
    }
    check_nothing(
        "<form method=post><input name=backup_code maxlength=8 required><button>OK</button></form>",
        "unknown",
    );
}

#[test]
fn consent_is_given_by_the_button_that_allows_with_its_value() {
    for (allow, deny) in [
        ("Allow", "Deny"),
        ("Authorize app", "Cancel"),
        ("Toestaan", "Weigeren"),
        ("Akkoord", "Annuleren"),
        ("Yes", "No"),
    ] {
        check(
            &format!(
                r#"<p>An app wants access to your data</p><form method=post action=/consent><input type=hidden name=csrf value=1>
                   <input type=checkbox name=scope value=read checked><input type=checkbox name=scope value=write>
                   <button type=submit name=decision value=no>{deny}</button>
                   <button type=submit name=decision value=yes formaction=/yes>{allow}</button></form>"#
            ),
            "consent",
            "POST https://id.example.nl/yes",
            &[("csrf", "1"), ("scope", "read"), ("decision", "yes")],
        );
    }
}

#[test]
fn consent_is_given_only_where_it_is_plain() {
    for body in [
        "<p>We use cookies</p><form method=post><button name=a>Accept all cookies</button><button name=b>Refuse</button></form>",
        "<p>Stay signed in?</p><form method=post><button name=a>Yes</button><button name=b>No</button></form>",
        "<p>An app wants access</p><form method=post><button name=a>Allow once</button><button name=b>Allow always</button></form>",
        "<p>An app wants access</p><form method=post><button name=a>Don't allow</button></form>",
        "<p>An app wants access</p><form method=post><input type=checkbox name=terms required><button>Allow</button></form>",
        "<p>Do you want to log out?</p><form method=post><button name=a>Yes, sign out</button></form>",
    ] {
        check_nothing(body, "unknown");
    }
}

#[test]
fn a_form_that_sends_itself_is_sent() {
    for (body, script) in [
        (r#"<body onload="document.forms[0].submit()">"#, ""),
        ("<body>", "<script>window.onload=function(){document.getElementById('f').submit();}</script>"),
    ] {
        check(
            &format!(
                r#"{body}<form id=f method="post" action="https://app.example.nl/callback?x=1"><input type='hidden' name='code' value='c&amp;d'/>
                   <input type="hidden" name="state" value="s"/><noscript><button type=submit>Continue</button></noscript></form>{script}"#
            ),
            "auto-post",
            "POST https://app.example.nl/callback?x=1",
            &[("code", "c&d"), ("state", "s")],
        );
    }
    check_nothing("<form method=post><input type=hidden name=a><button>Continue</button></form>", "unknown");
}

#[test]
fn a_page_that_leads_on_is_followed_and_a_time_out_is_not() {
    for (content, expected) in [
        ("0;url=/next?a=1&amp;b=2", Some("https://id.example.nl/next?a=1&b=2")),
        ("0; URL='https://other.example.nl/'", Some("https://other.example.nl/")),
        ("3, url=&quot;next&quot;", Some("https://id.example.nl/realms/one/next")),
        ("1800; url=/logout", None),
        ("5", None),
        ("0; url=javascript:alert(1)", None),
        ("0; url=https://user:secret@id.example.nl/", None),
    ] {
        let seen = look(&format!(r#"<html><head><meta http-equiv="Refresh" content="{content}"></head>"#));
        match (seen.page, expected) {
            (Page::Refresh(to), Some(expected)) => assert_eq!(to.as_str(), expected),
            (page, expected) => {
                assert!(expected.is_none() && kind(&page) == "unknown", "{content} {}", kind(&page))
            }
        }
    }
    check_nothing(r#"<noscript><meta http-equiv=refresh content="0;url=/no-script"></noscript>"#, "unknown");
}

#[test]
fn every_other_field_goes_back_as_it_came() {
    check(
        r#"<form method=post action=/a id=f><input type=hidden name=h value="a&quot;b">
           <input name=user><input type=password name=pass><select name=s><option>one<option selected value=2>two</select>
           <select name=first><option disabled>-</option><option> the  first </option></select>
           <select name=many multiple><option selected>x<option>y<option selected>z</select>
           <textarea name=t>
 line &lt;1&gt;
line 2</textarea><input type=radio name=r value=a><input type=radio name=r value=b checked>
           <input type=checkbox name=on checked><input type=checkbox name=off><input name=gone disabled value=x>
           <fieldset disabled><input type=hidden name=gone2 value=x></fieldset><input name="note" value="as is">
           <template><input name=inert value=x></template><input type=image name=go src=go.png alt="Log in">
           </form><input type=hidden form=f name=outside value=1>"#,
        "sign-in",
        "POST https://id.example.nl/a",
        &[
            ("h", "a\"b"),
            ("user", ANNA),
            ("pass", "p&ss word"),
            ("s", "2"),
            ("first", "the first"),
            ("many", "x"),
            ("many", "z"),
            ("t", " line <1>\nline 2"),
            ("r", "b"),
            ("on", "on"),
            ("note", "as is"),
            ("go.x", "0"),
            ("go.y", "0"),
            ("outside", "1"),
        ],
    );
}

#[test]
fn addresses_are_relative_to_the_page_or_its_base() {
    for (head, form, expected) in [
        ("", "", HERE),
        ("", "action", HERE),
        ("<base href=/b/>", "", HERE),
        ("<base href=/b/>", "action=c", "https://id.example.nl/b/c"),
        ("<base href=https://other.example.nl/x/y>", "action=./c#f", "https://other.example.nl/x/c"),
        ("", "action=//other.example.nl/c", "https://other.example.nl/c"),
        ("", "action='  /c  '", "https://id.example.nl/c"),
        ("<base href=javascript:x>", "action=c", "https://id.example.nl/realms/one/c"),
    ] {
        let body =
            format!("{head}<form method=post {form}><input name=user><input type=password name=p></form>");
        let request = answered(look(&body).page);
        assert_eq!(request.url.as_str(), expected, "{body}");
    }
}

#[test]
fn a_name_may_be_asked_for_in_the_address_and_a_secret_may_not() {
    let body = "<form action=/a?old=1><input name=user autocomplete=username><input type=hidden name=b value='1 2'><button>Next</button></form>";
    let (line, fields) = {
        let request = answered(look(body).page);
        (written(&request).0, request.fields.len())
    };
    assert_eq!((line.as_str(), fields), ("GET https://id.example.nl/a?user=anna%40example.nl&b=1+2", 0));
    for body in [
        "<form><input name=user><input type=password name=p><button>Log in</button></form>",
        "<form method=post><input name=user><input type=password name=p><button formmethod=get>Log in</button></form>",
        "<form><input name=c autocomplete=one-time-code><button>Verify</button></form>",
    ] {
        check_nothing(body, "unknown");
    }
}

#[test]
fn what_is_not_plain_gets_no_answer() {
    let sign_in = "<input name=user><input type=password name=p>";
    for body in [
        // A new password is wanted.
        "<form method=post><input type=password name=a><input type=password name=b><button>Save</button></form>".to_owned(),
        "<form method=post><input name=user><input type=password name=p autocomplete=new-password><button>OK</button></form>".to_owned(),
        // Something else must be known.
        format!("<form method=post>{sign_in}<input name=tenant required><button>Log in</button></form>"),
        format!("<form method=post>{sign_in}<input type=checkbox name=terms required><button>Log in</button></form>"),
        // Two ways that fit equally well.
        format!("<form method=post action=/1>{sign_in}</form><form method=post action=/2>{sign_in}</form>"),
        // Another way of sending.
        format!("<form method=post enctype=multipart/form-data>{sign_in}<button>Log in</button></form>"),
        format!("<form method=dialog>{sign_in}<button>Log in</button></form>"),
        format!("<form method=post action=javascript:void(0)>{sign_in}<button>Log in</button></form>"),
        format!("<form method=post action=https://a:b@id.example.nl/>{sign_in}<button>Log in</button></form>"),
        // A field that a script sends.
        "<form method=post><input name=user><input type=password id=p><button>Log in</button></form>".to_owned(),
        // Something else altogether.
        format!("<form method=post action=/register>{sign_in}<button>Go</button></form>"),
        format!("<form method=post>{sign_in}<button>Create account</button></form>"),
        "<form method=post><input type=email name=email><button>Subscribe</button></form>".to_owned(),
        "<p>Welcome</p>".to_owned(),
        String::new(),
    ] {
        check_nothing(&body, "unknown");
    }
}

#[test]
fn a_trap_that_cannot_be_seen_stays_empty() {
    check(
        r#"<form method=post action=/a><input name=email style="display: none"><div hidden><input name=username></div>
           <input name=login><input type=password name=p><button>Log in</button></form>"#,
        "sign-in",
        "POST https://id.example.nl/a",
        &[("email", ""), ("username", ""), ("login", ANNA), ("p", "p&ss word")],
    );
}

#[test]
fn a_puzzle_is_a_puzzle_and_its_absence_none() {
    let form =
        "<form method=post><input name=user><input type=password name=p><button>Log in</button></form>";
    for sign in [
        "<div class=g-recaptcha data-sitekey=x></div>",
        "<div class='h-captcha'></div>",
        "<div class=cf-turnstile></div>",
        "<script src='https://www.google.com/recaptcha/api.js'></script>",
        "<iframe src='https://hcaptcha.com/x'></iframe>",
        "<img src=/captcha.png><input name=captcha_text>",
    ] {
        check_nothing(&format!("{sign}{form}"), "captcha");
    }
    check_nothing("<h1>Just a moment...</h1><p>Checking your browser</p>", "captcha");
    check_nothing("<p>Bevestig dat u geen robot bent</p>", "captcha");
    assert_eq!(
        kind(
            &look(&format!(
                "<div hidden class=captcha></div><input type=hidden name=captchaOn value=0>{form}"
            ))
            .page
        ),
        "sign-in"
    );
}

#[test]
fn what_is_no_page_is_not_understood() {
    let url = HERE.parse().unwrap();
    let of = |content_type, body: &str| {
        let source =
            engine::sign_in::Source { url: &url, content_type, refresh: None, body: body.as_bytes() };
        kind(&engine::sign_in::read(&source).page)
    };
    let body = "<form method=post><input name=user><input type=password name=p></form>";
    assert_eq!((of(None, body), of(Some("Text/HTML"), body)), ("sign-in", "sign-in"));
    assert_eq!((of(Some("application/json"), body), of(Some("text/plain"), body)), ("unknown", "unknown"));
    let refresh =
        engine::sign_in::Source { url: &url, content_type: None, refresh: Some("0; url=/next"), body: b"" };
    assert_eq!(kind(&engine::sign_in::read(&refresh).page), "refresh");
    assert_eq!(kind(&look_from("http://127.0.0.1:1/a", body).page), "sign-in");
}
