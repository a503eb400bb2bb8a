//! A program with a key of its own.

use std::time::Duration;

use chain::ConsumerId;
use engine::guard::secret::{ConsumerKey, IssuedRefreshToken};
use engine::issued::{Client, Introspection, IssueError, Issued, RefreshError, Scope};
use engine::{Consumer, ConsumerForm, Engine, KeyError};

use crate::world::World;

pub const ACCESS_LIFE: Duration = Duration::from_secs(1_800);
pub const REFRESH_LIFE: Duration = Duration::from_secs(86_400);

pub struct Program {
    pub engine: Engine,
    pub id: ConsumerId,
    pub key: ConsumerKey,
}

impl Program {
    /// A program that reaches these databases, or all, for so many days.
    pub async fn new(world: &World, databases: Option<&[&str]>, days: Option<u32>) -> Self {
        let databases = databases.map(|slugs| slugs.iter().map(|slug| (*slug).to_owned()).collect());
        let form = ConsumerForm { name: "Power BI".to_owned(), databases, days };
        let (view, key) = world.operator.add_consumer(form).await.unwrap();
        Self { engine: world.engine.clone(), id: view.id, key }
    }

    /// The same program, talking to another process.
    pub fn at(&self, engine: &Engine) -> Self {
        let key = ConsumerKey::new(self.key.expose().to_owned());
        Self { engine: engine.clone(), id: self.id, key }
    }

    pub async fn client(&self) -> Client {
        self.engine.client(&self.id.to_string(), self.key.expose(), None).await.unwrap()
    }

    pub async fn issue(&self) -> Issued {
        self.client().await.issue(None).await.unwrap()
    }

    pub async fn issue_for(&self, scope: &str) -> Result<Issued, IssueError> {
        self.client().await.issue(Scope::parse(scope)?).await
    }

    pub async fn refresh(&self, token: &IssuedRefreshToken) -> Result<Issued, RefreshError> {
        self.client().await.refresh(token, None).await
    }

    pub async fn introspect(&self, token: &str) -> Option<Introspection> {
        self.engine.introspect(&self.id.to_string(), self.key.expose(), token, None).await.unwrap()
    }

    /// Uses an access token as a request does.
    pub async fn open(&self, token: &str) -> Result<Consumer, KeyError> {
        self.engine.consumer(token, None).await
    }
}
