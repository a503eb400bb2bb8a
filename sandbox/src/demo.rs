//! People, companies and an app to try things with.

use uuid::Uuid;

use crate::clients::Client;
use crate::companies::Company;
use crate::sandbox::Sandbox;
use crate::users::User;

/// The client id of the demo app.
pub const CLIENT_ID: &str = "{5b0c1f0e-7a43-4e0b-9d37-2f6a1c9e8b10}";
/// The client secret of the demo app; it opens nothing but a sandbox.
pub const CLIENT_SECRET: &str = "sandbox-secret";

/// Adds three users, four companies, and the demo app with these redirect URIs.
pub fn add(sandbox: &Sandbox, redirect_uris: Vec<String>) {
    sandbox.add_client(Client { id: CLIENT_ID.to_owned(), secret: CLIENT_SECRET.to_owned(), redirect_uris });
    let companies = [
        (100_001, "Bakkerij Jansen B.V.", 150),
        (100_002, "Jansen Vastgoed B.V.", 12),
        (200_001, "De Fietsenmaker", 340),
        (300_001, "Boekhoudkantoor Visser", 75),
    ];
    for (division, name, accounts) in companies {
        sandbox.add_company(Company { division, name: name.to_owned(), accounts });
    }
    sandbox.add_user(User {
        full_name: "Anna Jansen".to_owned(),
        user_id: Uuid::from_u128(0x0a11_a000_0000_4000_8000_0000_0000_0001),
        divisions: vec![100_001, 100_002],
        ..User::new("anna@example.nl", "anna-sandbox").with_totp("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    });
    sandbox.add_user(User {
        full_name: "Ben de Vries".to_owned(),
        user_id: Uuid::from_u128(0x0be0_0000_0000_4000_8000_0000_0000_0002),
        divisions: vec![200_001],
        ..User::new("ben@example.nl", "ben-sandbox").with_totp("KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")
    });
    sandbox.add_user(User {
        full_name: "Carla Visser".to_owned(),
        user_id: Uuid::from_u128(0x0ca1_a000_0000_4000_8000_0000_0000_0003),
        divisions: vec![300_001, 100_001, 200_001],
        ..User::new("carla@example.nl", "carla-sandbox")
    });
}
