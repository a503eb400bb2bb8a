use std::collections::BTreeSet;
use std::path::Path;

use engine::guard::{Keyring, KeyringError};

const FIRST: &str = "new = AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const SECOND: &str = "old = HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn write(path: &Path, text: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn the_first_key_wraps_and_every_key_unwraps() {
    for text in [format!("# keys\n\n{FIRST}\r\n {SECOND}\n"), format!("{FIRST};{SECOND}")] {
        let ring = Keyring::parse(&text).unwrap_or_else(|error| panic!("{error}"));
        let (id, key) = ring.current().unwrap();
        assert_eq!((id, key.expose()[31]), ("new", 31));
        assert_eq!(ring.find("old").map(|key| key.expose()[0]), Some(31));
        assert!(ring.find("other").is_none());
        let named = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<BTreeSet<_>>();
        assert!(ring.must_hold(&named(&["new", "old"])).is_ok());
        let missing = ring.must_hold(&named(&["new", "older"])).unwrap_err();
        assert!(matches!(&missing, KeyringError::Missing { key_id } if key_id == "older"));
        assert_eq!(missing.to_string(), "the store needs the master key older, which is not there");
    }
}

#[test]
fn a_line_that_is_no_key_is_named_by_its_number_and_never_shown() {
    let short = "planted = c2VjcmV0";
    for (text, line) in [
        (format!("{FIRST}\n{short}"), 2),
        ("planted".to_owned(), 1),
        ("= AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned(), 1),
        (format!("#\n\nplanted key {SECOND}"), 3),
        ("planted = !AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=".to_owned(), 1),
    ] {
        let Err(error) = Keyring::parse(&text) else { panic!("{text}") };
        assert!(matches!(error, KeyringError::Line { line: found } if found == line), "{error}");
        assert!(!format!("{error} {error:?}").contains("planted"));
        assert!(!format!("{error} {error:?}").contains("c2VjcmV0"));
    }
    let repeated = Keyring::parse(&format!("{FIRST}\n{FIRST}"));
    assert!(matches!(repeated, Err(KeyringError::Repeated { line: 2 })));
    assert!(matches!(Keyring::parse("# nothing"), Err(KeyringError::Empty)));
}

#[test]
fn a_file_that_everybody_may_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    assert!(matches!(Keyring::load(&path), Err(KeyringError::NoFile { .. })));
    assert!(matches!(
        Keyring::load(folder.path()),
        Err(KeyringError::Unreadable { .. } | KeyringError::Open { .. })
    ));
    for (mode, good) in
        [(0o600, true), (0o400, true), (0o440, true), (0o644, false), (0o602, false), (0o660, false)]
    {
        write(&path, FIRST, mode);
        let loaded = Keyring::load(&path);
        assert_eq!(loaded.is_ok(), good, "{mode:o}");
        assert!(good || matches!(loaded, Err(KeyringError::Open { .. })), "{mode:o}");
    }
}

#[test]
fn a_new_key_is_put_on_top_of_a_file_that_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    write(&path, &format!("# Ours.\n\n{FIRST}\n"), 0o640);
    let renew = |path: &Path| Keyring::renew(path).unwrap_or_else(|error| panic!("{error}"));
    let new = renew(&path);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with(&format!("# Ours.\n\n{new} = ")) && text.ends_with(&format!("\n{FIRST}\n")));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    let ring = Keyring::load(&path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((ring.ids().next(), ring.ids().count()), (Some(new.as_str()), 2));
    // A link to the file stays one.
    let link = folder.path().join("linked.key");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let newer = renew(&link);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    let ring = Keyring::load(&path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(ring.ids().take(2).collect::<Vec<_>>(), [newer.as_str(), new.as_str()]);
    assert!(matches!(Keyring::renew(&folder.path().join("none")), Err(KeyringError::NoFile { .. })));
}

#[test]
fn of_many_who_renew_a_file_at_once_none_loses_the_key_of_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    write(&path, FIRST, 0o600);
    let made: Vec<_> = std::thread::scope(|scope| {
        let renew = || Keyring::renew(&path).unwrap_or_else(|error| panic!("{error}"));
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(renew)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let ring = Keyring::load(&path).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(ring.ids().count(), 9);
    assert!(made.iter().all(|id| ring.find(id).is_some()));
}

#[test]
fn a_key_is_made_once_and_never_over_a_sealed_store() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let lost = Keyring::load_or_generate(&path, true);
    assert!(matches!(lost, Err(KeyringError::Lost { .. })));
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
    let (first, made) = Keyring::load_or_generate(&path, false).unwrap_or_else(|error| panic!("{error}"));
    assert!(made);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let (second, made) = Keyring::load_or_generate(&path, true).unwrap_or_else(|error| panic!("{error}"));
    assert!(!made);
    let (first, second) = (first.current().unwrap(), second.current().unwrap());
    assert_eq!((first.0, first.1.expose()), (second.0, second.1.expose()));
    assert_ne!(first.1.expose(), &[0; 32]);
    let nowhere = Keyring::load_or_generate(&folder.path().join("none/master.key"), false);
    assert!(matches!(nowhere, Err(KeyringError::Unwritable { .. })));
}
