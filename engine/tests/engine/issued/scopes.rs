use std::time::Duration;

use engine::issued::{IssueError, RefreshError, Scope, ScopeError};
use engine::{BorrowError, Consumer, KeyError, ReachError};

use super::program::Program;
use crate::world::{ANNA, World, on_each_store};

async fn slugs(opened: Result<Consumer, KeyError>) -> Vec<String> {
    let states = opened.unwrap().databases().await.unwrap();
    states.into_iter().map(|state| state.slug).collect()
}

/// Two more databases besides that of the world.
async fn widen(world: &World) {
    world.operator.create_database("Other").await.unwrap();
    world.operator.create_database("Third").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_reaches_what_it_was_asked_for_and_nothing_else_of_its_key() {
    on_each_store(async |world: World| {
        widen(&world).await;
        world.grant(world.id().await, ANNA).await;
        let program = Program::new(&world, None, None).await;
        let (wide, narrow) = (program.issue().await, program.issue_for("other third").await.unwrap());
        assert_eq!(narrow.scope.as_ref().unwrap().text(), "other third");
        assert_eq!(slugs(program.open(wide.access_token.expose()).await).await, ["other", "test", "third"]);
        assert_eq!(slugs(program.open(narrow.access_token.expose()).await).await, ["other", "third"]);
        // What is kept of the container for the key's own requests is no way around.
        let wide = program.open(wide.access_token.expose()).await.unwrap();
        wide.lend("test", "eol", None, Duration::ZERO).await.unwrap();
        let narrow = program.open(narrow.access_token.expose()).await.unwrap();
        let refused = narrow.lend("test", "eol", None, Duration::ZERO).await.err().unwrap();
        assert!(matches!(refused, BorrowError::Reach(ReachError::OutOfScope)), "{refused:?}");
        assert!(matches!(narrow.container("test", "eol").await, Err(ReachError::OutOfScope)));
        assert!(matches!(narrow.database("test").await, Err(ReachError::OutOfScope)));
        assert!(matches!(narrow.database("nowhere").await, Err(ReachError::NotFound)));
        narrow.database("other").await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_beyond_the_clients_own_databases_is_granted() {
    on_each_store(async |world: World| {
        widen(&world).await;
        let bound = Program::new(&world, Some(&["test", "other"]), None).await;
        for scope in ["third", "test third", "nowhere", "TEST", "test other third"] {
            let refused = bound.issue_for(scope).await.err().unwrap();
            assert!(matches!(refused, IssueError::Scope(ScopeError::Beyond)), "{scope}: {refused:?}");
        }
        let refused = bound.issue_for("test  other").await.err().unwrap();
        assert!(matches!(refused, IssueError::Scope(ScopeError::Malformed)), "{refused:?}");
        assert_eq!(bound.issue_for("test other test").await.unwrap().scope.unwrap().text(), "other test");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_may_be_narrowed_and_the_family_stays_as_it_is() {
    on_each_store(async |world: World| {
        widen(&world).await;
        let program = Program::new(&world, None, None).await;
        let first = program.issue_for("other test").await.unwrap();
        let refresh = async |pair: &engine::issued::Issued, scope: &str| {
            program.client().await.refresh(&pair.refresh_token, Scope::parse(scope).unwrap()).await
        };
        for beyond in ["third", "other third"] {
            let refused = refresh(&first, beyond).await.err().unwrap();
            assert!(matches!(refused, RefreshError::Scope(ScopeError::Beyond)), "{refused:?}");
        }
        // A refused wish did not use the token.
        let second = refresh(&first, "test").await.unwrap();
        assert_eq!(second.scope.as_ref().unwrap().text(), "test");
        assert_eq!(slugs(program.open(second.access_token.expose()).await).await, ["test"]);
        assert_eq!(program.introspect(second.access_token.expose()).await.unwrap().scope, second.scope);
        let third = refresh(&second, "").await.unwrap();
        assert_eq!(third.scope.as_ref().unwrap().text(), "other test");
        assert_eq!(slugs(program.open(third.access_token.expose()).await).await, ["other", "test"]);
    })
    .await;
}
