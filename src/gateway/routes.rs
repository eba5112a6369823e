//! Every route there is: who may call it, how often, with how large a body. What is not listed
//! here is closed.

use super::route::{Access, Route};
use crate::{model::Scope, security::LimitClass};

const READ: Access = Access::Scope(Scope::Read);
const CHAT: Access = Access::Scope(Scope::Chat);
const ADMIN: Access = Access::Scope(Scope::Admin);

static ROUTES: &[Route] = &[
    Route::get("/health", Access::Public).limit(LimitClass::None),
    Route::get("/metrics", Access::Metrics).limit(LimitClass::None),
    Route::get("/openapi.json", Access::Public).undocumented(),
    Route::get("/openapi.yaml", Access::Public).undocumented(),
    Route::get("/docs", Access::Public).undocumented(),
    // pairing and devices
    Route::post("/pair", Access::Public).limit(LimitClass::Pair),
    Route::get("/api/pairing", Access::Public),
    Route::post("/api/pairing/initiate", ADMIN),
    Route::post("/api/session", Access::Optional),
    Route::get("/api/session", READ),
    Route::delete("/api/session", READ),
    Route::delete("/api/session/others", ADMIN),
    Route::get("/api/password", READ),
    Route::put("/api/password", ADMIN).limit(LimitClass::Pair),
    Route::delete("/api/password", ADMIN).limit(LimitClass::Pair),
    Route::get("/api/devices", READ),
    Route::patch("/api/devices/{id}", ADMIN),
    Route::delete("/api/devices/{id}", ADMIN),
    Route::post("/api/devices/{id}/rotate", ADMIN),
    // talking to the agent
    Route::post("/webhook", CHAT)
        .limit(LimitClass::Webhook)
        .long(),
    Route::post("/api/chat", CHAT)
        .limit(LimitClass::Chat)
        .chat_body()
        .long(),
    Route::post("/api/message", CHAT)
        .limit(LimitClass::Chat)
        .chat_body()
        .long(),
    Route::get("/ws/chat", READ).undocumented(),
    Route::get("/ws", Access::Optional).undocumented(),
    // turns
    Route::get("/api/turns", READ),
    Route::get("/api/turns/{id}", READ),
    Route::get("/api/turns/{id}/events", READ),
    Route::get("/api/turns/{id}/trace", READ),
    Route::post("/api/turns/{id}/cancel", CHAT),
    Route::patch("/api/turns/{id}", CHAT).chat_body(),
    Route::post("/api/turns/{id}/show", CHAT),
    Route::get("/api/turns/{id}/attachments/{place}", READ),
    Route::post("/api/turns/{id}/approvals/{request_id}", CHAT),
    Route::get("/api/approvals", READ),
    Route::get("/api/approvals/rules", READ),
    Route::delete("/api/approvals/rules/{id}", CHAT),
    Route::get("/api/audit", READ),
    // conversations
    Route::get("/api/sessions", READ),
    Route::post("/api/sessions", CHAT),
    Route::get("/api/sessions/search", READ),
    Route::get("/api/sessions/{id}", READ),
    Route::patch("/api/sessions/{id}", CHAT),
    Route::delete("/api/sessions/{id}", CHAT),
    Route::post("/api/sessions/{id}/restore", CHAT),
    Route::post("/api/sessions/{id}/fork", CHAT),
    Route::get("/api/sessions/{id}/messages", READ),
    Route::get("/api/sessions/{id}/export", READ),
    // tools
    Route::get("/api/tools", READ),
    Route::put("/api/tools/{name}/permission", ADMIN),
    Route::post("/api/tools/{name}/run", ADMIN).long(),
    // model providers
    Route::get("/api/providers", READ),
    Route::post("/api/providers/test", ADMIN),
    Route::put("/api/providers/{name}", ADMIN),
    Route::delete("/api/providers/{name}", ADMIN),
    Route::get("/api/models", READ),
    // memory
    Route::get("/api/memory", READ),
    Route::post("/api/memory", CHAT),
    Route::get("/api/memory/categories", READ),
    Route::post("/api/memory/bulk", CHAT),
    Route::get("/api/memory/{key}", READ),
    Route::put("/api/memory/{key}", CHAT),
    Route::patch("/api/memory/{key}", CHAT),
    Route::delete("/api/memory/{key}", CHAT),
    Route::get("/api/memory/{key}/versions", READ),
    Route::post("/api/memory/{key}/restore", CHAT),
    // the configuration
    Route::get("/api/config", READ),
    Route::put("/api/config", ADMIN).chat_body(),
    Route::patch("/api/config", ADMIN).chat_body(),
    Route::get("/api/config/schema", READ),
    Route::get("/api/config/toml", READ),
    Route::put("/api/config/toml", ADMIN).chat_body(),
    Route::post("/api/config/check", ADMIN).chat_body(),
    Route::get("/api/config/revisions", READ),
    Route::get("/api/config/revisions/{id}", READ),
    Route::post("/api/config/revisions/{id}/restore", ADMIN),
    // files
    Route::get("/api/memory/list", READ),
    Route::get("/api/memory/read", READ),
    Route::get("/api/memory/search", READ),
    Route::get("/api/memory/tree", READ),
    Route::post("/api/memory/write", CHAT).upload_body(),
    Route::get("/api/workspace/tree", READ),
    Route::get("/api/workspace/file", READ),
    Route::put("/api/workspace/file", CHAT).upload_body(),
    Route::delete("/api/workspace/file", CHAT),
    Route::post("/api/workspace/folder", CHAT),
    Route::post("/api/workspace/move", CHAT),
    Route::post("/api/workspace/upload", CHAT).upload_body(),
    Route::get("/api/workspace/download", READ),
    Route::get("/api/workspace/search", READ),
    Route::get("/api/workspace/history", READ),
    Route::get("/api/workspace/version", READ),
    Route::get("/api/workspace/diff", READ),
    Route::post("/api/workspace/restore", CHAT),
    Route::get("/api/workspace/trash", READ),
    Route::delete("/api/workspace/trash", CHAT),
    Route::post("/api/workspace/trash/{id}/restore", CHAT),
    Route::delete("/api/workspace/trash/{id}", CHAT),
    // money
    Route::get("/api/cost", READ),
    Route::get("/api/cost/records", READ),
    Route::get("/api/cost/prices", READ),
    Route::put("/api/cost/prices", ADMIN),
    Route::put("/api/cost/budgets", ADMIN),
    // schedules
    Route::get("/api/cron", READ),
    Route::post("/api/cron", ADMIN),
    Route::post("/api/cron/preview", READ),
    Route::get("/api/cron/runs", READ),
    Route::get("/api/cron/{id}", READ),
    Route::patch("/api/cron/{id}", ADMIN),
    Route::delete("/api/cron/{id}", ADMIN),
    Route::post("/api/cron/{id}/restore", ADMIN),
    Route::post("/api/cron/{id}/run", ADMIN),
    Route::post("/api/cron/{id}/pause", ADMIN),
    Route::post("/api/cron/{id}/resume", ADMIN),
    Route::get("/api/cron/{id}/runs", READ),
    Route::get("/api/cron/{id}/runs/{run_id}", READ),
    // watching
    Route::get("/api/doctor", READ),
    Route::post("/api/doctor", CHAT).long(),
    Route::post("/api/doctor/fix", ADMIN),
    Route::get("/api/doctor/report", READ),
    Route::get("/api/integrations", READ),
    Route::put("/api/integrations/{id}", ADMIN),
    Route::post("/api/integrations/{id}/test", ADMIN),
    Route::get("/api/status", READ),
    Route::get("/api/activity", READ),
    Route::get("/api/events", READ),
    Route::get("/api/events/recent", READ),
    Route::get("/api/logs", READ),
    Route::get("/api/logs/stream", READ),
    Route::get("/api/logs/histogram", READ),
    Route::get("/api/logs/download", READ),
    Route::get("/api/logs/targets", READ),
    Route::get("/api/logs/level", READ),
    Route::put("/api/logs/level", ADMIN),
    Route::post("/api/logs/level", ADMIN),
];

/// Every route of the gateway.
pub fn table() -> &'static [Route] {
    ROUTES
}
