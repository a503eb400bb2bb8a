use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a browser is told of a request that failed: never an inner text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
pub enum AppError {
    /// Nobody is signed in.
    #[error("sign in first")]
    SignInFirst,
    /// What was named does not exist here.
    #[error("there is no such thing here")]
    NotFound,
    /// A field of the form was refused; the page says which.
    #[error("the form was not accepted")]
    Refused,
    /// The request is not of the expected form.
    #[error("the request was not understood")]
    NotUnderstood,
    /// It failed here; the log says why.
    #[error("something went wrong")]
    Failed,
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_) => Self::NotUnderstood,
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::Request(_)
            | ServerFnErrorErr::Response(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::Serialization(_) => Self::Failed,
        }
    }
}
