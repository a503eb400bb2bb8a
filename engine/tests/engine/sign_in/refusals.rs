//! The words of a refusal, in English and Dutch.

use engine::sign_in::Refusal;

use super::reading::{kind, look};

const ALL: [Refusal; 5] =
    [Refusal::Password, Refusal::Code, Refusal::Locked, Refusal::Outage, Refusal::Puzzle];

fn said_by(text: &str) -> Vec<Refusal> {
    let seen = look(&format!("<p>{text}</p>"));
    ALL.into_iter().filter(|refusal| seen.said.has(*refusal)).collect()
}

#[test]
fn a_wrong_password_is_told_in_many_words() {
    for text in [
        "The user name or the password is not correct.",
        "De gebruikersnaam of het wachtwoord is onjuist.",
        "Invalid username or password.",
        "Please enter a correct username and password. Note that both fields may be case-sensitive.",
        "Invalid login attempt.",
        "Your password is incorrect",
        "We can&rsquo;t seem to find your account.",
        "These credentials do not match our records.",
        "Ongeldige inloggegevens",
        "Inloggen mislukt",
        "Het wachtwoord klopt niet",
        "A user with the specified credential could not be found.",
        "Gebruiker niet gevonden",
    ] {
        assert!(said_by(text).contains(&Refusal::Password), "{text}: {:?}", said_by(text));
        assert!(!said_by(text).contains(&Refusal::Locked), "{text}");
        assert_eq!(kind(&look(text).page), "refused", "{text}");
    }
}

#[test]
fn a_wrong_code_a_lock_a_puzzle_and_an_outage_are_told_apart() {
    for (text, refusal) in [
        ("The verification code is not correct.", Refusal::Code),
        ("De verificatiecode is onjuist.", Refusal::Code),
        ("Invalid authenticator code.", Refusal::Code),
        ("Deze verificatiecode is al gebruikt. Wacht op de volgende.", Refusal::Code),
        ("Your account is blocked after too many wrong passwords.", Refusal::Locked),
        ("Uw account is geblokkeerd na te veel onjuiste wachtwoorden.", Refusal::Locked),
        ("Your account is temporarily locked to prevent unauthorized use.", Refusal::Locked),
        ("Too many attempts", Refusal::Locked),
        ("Please confirm you are human", Refusal::Puzzle),
        ("The service is temporarily unavailable", Refusal::Outage),
        ("Wegens onderhoud is Exact Online niet bereikbaar", Refusal::Outage),
    ] {
        assert!(said_by(text).contains(&refusal), "{text}: {:?}", said_by(text));
    }
}

#[test]
fn ordinary_words_refuse_nothing() {
    for text in [
        "Sign in to your account",
        "Forgot your password?",
        "Wachtwoord vergeten?",
        "Enter the code from your authenticator app",
        "Voer uw gebruikersnaam in",
        "Welcome back",
        "Uw sessie wordt gestart",
    ] {
        assert_eq!(said_by(text), [], "{text}");
    }
}

#[test]
fn a_page_that_asks_complains_only_in_its_messages_that_can_be_seen() {
    let form =
        "<form method=post><input name=user><input type=password name=p><button>Log in</button></form>";
    let of = |message: &str| look(&format!("{message}{form}")).said;
    for seen in [
        "<div role=alert>Wrong password</div>",
        "<ul class=errorlist><li>Wrong password</li></ul>",
        "<div id=LoginForm_Input_ErrorMessages>Onjuist wachtwoord</div>",
        "<span aria-live=polite>Invalid <b>username or password</b>.</span>",
    ] {
        assert!(of(seen).has(Refusal::Password), "{seen}");
    }
    for unseen in [
        "<p>What to do after a wrong password</p>",
        "<div role=alert hidden>Wrong password</div>",
        "<div style='display:none'><p class=error>Wrong password</p></div>",
        "<div class=error aria-hidden=true>Wrong password</div>",
        "<script>var error = 'Wrong password';</script>",
        "<template><div role=alert>Wrong password</div></template>",
        "<div role=alert></div><p>Wrong password</p>",
    ] {
        assert!(of(unseen).is_nothing(), "{unseen}");
    }
}
