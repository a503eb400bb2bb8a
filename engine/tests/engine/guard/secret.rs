use engine::guard::seal::DataKey;
use engine::guard::secret::{
    AccessToken, AuthorizationCode, ClientSecret, CodeVerifier, ConsumerKey, MasterKey, MetricsToken,
    OneTimeCode, Password, RawAnswer, RefreshToken, SetupToken, SmtpUrl, TotpSecret, TotpText, UserName,
    WebhookSecret,
};
use engine::guard::{Keyring, SignIn, password};
use zeroize::Zeroizing;

/// Does not compile when one of the types has one of the traits: then there are two ways to fill
/// in the parameter of `Either`.
macro_rules! cannot_be_printed {
    ($($secret:ty),*) => {$(
        const _: fn() = || {
            trait Either<Way> {
                fn check() {}
            }
            impl<T: ?Sized> Either<()> for T {}
            impl<T: ?Sized + std::fmt::Debug> Either<u8> for T {}
            impl<T: ?Sized + std::fmt::Display> Either<u16> for T {}
            impl<T: ?Sized + Clone> Either<u32> for T {}
            impl<T: ?Sized + serde::Serialize> Either<u64> for T {}
            let _ = <$secret as Either<_>>::check;
        };
    )*};
}

cannot_be_printed!(
    RefreshToken,
    AccessToken,
    ClientSecret,
    Password,
    CodeVerifier,
    SetupToken,
    UserName,
    TotpSecret,
    TotpText,
    SignIn,
    OneTimeCode,
    AuthorizationCode,
    ConsumerKey,
    MetricsToken,
    WebhookSecret,
    SmtpUrl,
    MasterKey,
    RawAnswer,
    DataKey,
    Keyring
);

#[test]
fn opened_bytes_become_a_secret_if_they_are_text() {
    let token = RefreshToken::try_from(Zeroizing::new(b"stamp.abc".to_vec()));
    assert!(token.is_ok_and(|token| token.expose() == "stamp.abc"));
    assert!(RefreshToken::try_from(Zeroizing::new(vec![0xff])).is_err());
    assert_eq!(RawAnswer::from(Zeroizing::new(vec![0xff])).expose(), [0xff]);
}

#[tokio::test]
async fn a_password_is_known_by_its_hash_alone() {
    let new = |text: &str| Password::new(text.to_owned());
    let hash = password::hash(new("correct horse")).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    assert_ne!(password::hash(new("correct horse")).await.unwrap(), hash);
    assert!(password::verify(new("correct horse"), Some(hash.clone())).await);
    assert!(!password::verify(new("correct horse "), Some(hash)).await);
    assert!(!password::verify(new("correct horse"), Some("no hash".to_owned())).await);
    assert!(!password::verify(new("correct horse"), None).await);
}
