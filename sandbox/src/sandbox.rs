//! A running sandbox and the verbs that steer it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinSet;

use crate::chains::{Holder, Issued};
use crate::clients::{Client, ClientId};
use crate::companies::Company;
use crate::counts::Counts;
use crate::door::Door;
use crate::faults::Fault;
use crate::generation::Generation;
use crate::options::Options;
use crate::origins::Origins;
use crate::routes;
use crate::sign_in_faults::{Arranged, SignInFault, SignInStep};
use crate::sign_ins::SignIns;
use crate::users::{User, UserName};
use crate::world::{Shared, World};

/// A stand-in for Exact Online on a loopback port; it stops when dropped.
#[derive(Debug)]
pub struct Sandbox {
    shared: Shared,
    url: String,
    identity_url: String,
    door: Arc<Mutex<Door>>,
    _identity: Door,
    _doorman: JoinSet<()>,
}

impl Sandbox {
    /// Starts listening.
    ///
    /// # Errors
    /// When one of the two addresses cannot be listened on; the text names it.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listen = options.listen;
        let beside = options.identity_listen.unwrap_or(SocketAddr::new(listen.ip(), 0));
        let shared = Shared::new(World::new(options));
        let door = open(listen, routes::router(shared.clone())).await?;
        let identity = open(beside, routes::identity(shared.clone())).await?;
        let url = format!("http://{}", door.address());
        let identity_url = format!("http://{}", identity.address());
        let door = Arc::new(Mutex::new(door));
        let (pauses, asked) = mpsc::unbounded_channel();
        let mut doorman = JoinSet::new();
        doorman.spawn(mind(Arc::clone(&door), asked));
        {
            let mut world = shared.lock();
            world.pauses = Some(pauses);
            world.origins = Origins::new(&world.options, url.clone(), identity_url.clone());
        }
        Ok(Self { shared, url, identity_url, door, _identity: identity, _doorman: doorman })
    }

    /// The address it listens on, such as `http://127.0.0.1:4100`.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// The address of the second origin, on which the second sign-in generation has its pages.
    pub fn identity_url(&self) -> String {
        self.identity_url.clone()
    }

    /// Milliseconds since the Unix epoch on the sandbox's clock.
    pub fn now(&self) -> i64 {
        self.shared.lock().now()
    }

    /// Moves the sandbox's clock forward.
    pub fn advance(&self, by: Duration) {
        self.shared.lock().clock.advance(by);
    }

    /// Registers an app, or replaces the one with that id.
    pub fn add_client(&self, client: Client) {
        self.shared.lock().clients.add(client);
    }

    /// Adds a user, or replaces the one of that name: unlocked, without consents.
    pub fn add_user(&self, user: User) {
        self.shared.lock().users.add(user);
    }

    /// Adds a company, or replaces the one of that number.
    pub fn add_company(&self, company: Company) {
        self.shared.lock().companies.add(company);
    }

    /// Starts a chain as if it was granted elsewhere; the older one of the same two ends.
    ///
    /// The token rules work for names that nobody added; the REST API has data only for users.
    pub fn issue(&self, client_id: &str, user_name: &str) -> Issued {
        self.shared.lock().begin_chain(holder(client_id, user_name))
    }

    /// A code as the browser would bring it back, without pages; consent is not asked for.
    pub fn authorize(
        &self,
        client_id: &str,
        user_name: &str,
        redirect_uri: &str,
        code_challenge: Option<&str>,
    ) -> String {
        self.shared.lock().write_code(
            holder(client_id, user_name),
            redirect_uri.to_owned(),
            code_challenge.map(ToOwned::to_owned),
        )
    }

    /// The one-time code of that user at this moment, if there is a secret.
    pub fn one_time_code(&self, user_name: &str) -> Option<String> {
        let world = self.shared.lock();
        let account = world.users.find(&UserName::new(user_name))?;
        account.user.one_time_code(world.now())
    }

    /// Lets a coming token call fail; several wait in line.
    pub fn fail_next(&self, fault: Fault) {
        self.shared.lock().faults.push(fault);
    }

    /// Lets a sign-in meet a fault once: that of one user or of anybody, at one step or at the
    /// first that fits.
    pub fn fail_sign_in(&self, user_name: Option<&str>, at: Option<SignInStep>, fault: SignInFault) {
        let user = user_name.map(UserName::new);
        self.shared.lock().sign_in_faults.push(Arranged { user, at, fault, times: Some(1) });
    }

    /// Lets every sign-in of a user meet a fault, until [`Sandbox::forget_sign_in_faults`].
    pub fn always_fail_sign_in(&self, user_name: &str, at: Option<SignInStep>, fault: SignInFault) {
        let user = Some(UserName::new(user_name));
        self.shared.lock().sign_in_faults.push(Arranged { user, at, fault, times: None });
    }

    /// Forgets the sign-in faults that wait.
    pub fn forget_sign_in_faults(&self) {
        self.shared.lock().sign_in_faults.forget(None);
    }

    /// Chooses the pages at which a user signs in; `false` says that there is no such user.
    pub fn choose_generation(&self, user_name: &str, generation: Generation) -> bool {
        let mut world = self.shared.lock();
        let account = world.users.find_mut(&UserName::new(user_name));
        account.map(|account| account.user.generation = Some(generation)).is_some()
    }

    /// Forgets the wrong passwords of an account; `false` says that there is no such user.
    pub fn unlock(&self, user_name: &str) -> bool {
        let mut world = self.shared.lock();
        world.users.find_mut(&UserName::new(user_name)).map(|account| account.unlock()).is_some()
    }

    /// What was sent for a user name so far.
    pub fn sign_ins(&self, user_name: &str) -> SignIns {
        self.shared.lock().sign_ins.find(&UserName::new(user_name))
    }

    /// Kills the live chain: the next refresh answers "Old refresh token used."
    ///
    /// `false` says that there was none.
    pub fn break_chain(&self, client_id: &str, user_name: &str) -> bool {
        self.shared.lock().chains.kill(&holder(client_id, user_name))
    }

    /// Changes lifetimes, limits and rates of the running sandbox.
    pub fn change(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.shared.lock().options);
    }

    /// What it saw so far.
    pub fn counts(&self) -> Counts {
        self.shared.lock().counts()
    }

    /// Refuses new connections at the first origin until [`Sandbox::listen_again`].
    pub async fn stop_listening(&self) {
        self.door.lock().await.close().await;
    }

    /// Listens again on the same port.
    ///
    /// # Errors
    /// When somebody else took the port meanwhile.
    pub async fn listen_again(&self) -> io::Result<()> {
        self.door.lock().await.reopen().await
    }
}

async fn open(address: SocketAddr, router: Router) -> io::Result<Door> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{address}: {error}"));
    Door::open(address, router).await.map_err(named)
}

/// Shuts the door for as long as it is asked to, in real time.
async fn mind(door: Arc<Mutex<Door>>, mut asked: mpsc::UnboundedReceiver<Duration>) {
    while let Some(pause) = asked.recv().await {
        door.lock().await.close().await;
        tokio::time::sleep(pause).await;
        // Somebody else may have the port for a moment: try until it is ours again.
        while door.lock().await.reopen().await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn holder(client_id: &str, user_name: &str) -> Holder {
    Holder { client: ClientId::new(client_id), user: UserName::new(user_name) }
}
