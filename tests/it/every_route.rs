//! The route table and the API document say the same, and what the table closes is closed.

use std::collections::BTreeSet;

use clawgate::gateway::{Access, Route};
use serde_json::Value;

use crate::support::{
    client::Ask,
    door::{TestDoor, routes_here},
};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Every operation of a document, as `GET /path`.
pub(crate) fn documented(document: &Value) -> BTreeSet<String> {
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, operations)| {
        let methods = METHODS.iter().filter(|method| {
            let name = method.to_ascii_lowercase();
            operations.get(name).is_some()
        });
        methods.map(move |method| format!("{method} {path}"))
    });
    operations.collect()
}

/// Every route of a table that the document should have.
pub(crate) fn listed(routes: &[Route]) -> BTreeSet<String> {
    let documented = routes.iter().filter(|route| route.documented);
    documented
        .map(|route| format!("{} {}", route.method.as_str(), route.pattern))
        .collect()
}

/// Asks every closed route without a token, and with a wrong one.
pub(crate) async fn assert_closed(address: std::net::SocketAddr, routes: &[Route]) {
    let closed = routes
        .iter()
        .filter(|route| matches!(route.access, Access::Scope(_)));
    let mut asked = 0;
    for route in closed {
        let path = route
            .pattern
            .replace("{id}", "0199b1c2-7a3e-7c11-9d5e-3f2a1b0c4d5e");
        let ask = Ask::new(address, route.method.as_str(), &path);
        let answer = ask.clone().send().await;
        assert_eq!(answer.status, 401, "{route:?} {answer:?}");
        assert_eq!(answer.json()["code"], "UNAUTHORIZED");
        assert!(answer.header("www-authenticate").is_some());
        let wrong = ask.cookie("wrong").send().await;
        assert_eq!(wrong.status, 401, "{route:?} {wrong:?}");
        asked += 1;
    }
    assert!(asked > 0);
}

#[tokio::test]
async fn the_document_and_the_table_have_the_same_routes() {
    let gateway = TestDoor::open().await;
    let mut from_document = documented(&gateway.document);
    assert!(from_document.remove("POST /test/number"));
    assert_eq!(from_document, listed(&routes_here(&gateway.document)));
}

#[tokio::test]
async fn a_closed_route_opens_to_nobody_without_a_token() {
    let gateway = TestDoor::open().await;
    assert_closed(gateway.address, clawgate::gateway::table()).await;
}
