//! Forms with files.

use axum::http::Method;
use axum::http::header::{ACCEPT, CONTENT_TYPE, ORIGIN};
use reqwest::Response;

use crate::app::Browser;

impl Browser {
    /// Sends a form with these fields; the one that is called `picture` as a file.
    pub async fn post_parts(&self, path: &str, fields: &[(&str, impl AsRef<[u8]>)]) -> Response {
        let mut body = Vec::new();
        for (name, value) in fields {
            let file = match *name {
                "picture" => "; filename=\"a.png\"\r\nContent-Type: image/png",
                "file" => "; filename=\"issue.xml\"\r\nContent-Type: text/xml",
                _ => "",
            };
            let head = format!("--part\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(value.as_ref());
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--part--\r\n");
        let request = self.request(Method::POST, path).header(ORIGIN, self.origin());
        let request = request.header(ACCEPT, "text/html").body(body);
        request.header(CONTENT_TYPE, "multipart/form-data; boundary=part").send().await.unwrap()
    }
}
