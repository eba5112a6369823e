//! The families of tools, and the harmless call that tries each.

use serde_json::{Value, json};

/// How a family is tried.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The tool.
    pub tool: &'static str,
    /// Its arguments.
    pub args: fn() -> Value,
    /// The call is only judged, as it would be before it is made.
    pub judged_only: bool,
}

/// Tools that belong together.
#[derive(Clone, Debug)]
pub struct Family {
    /// Names it.
    pub id: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it does.
    pub about: &'static str,
    /// Its tools.
    pub tools: &'static [&'static str],
    /// How it is tried.
    pub trial: Trial,
}

/// Every family. One of whose tools none is there is not shown.
pub static FAMILIES: &[Family] = &[
    Family {
        id: "tools-files",
        title: "Files",
        about: "Reads and changes files of the workspace, and nothing outside of it.",
        tools: &[
            "file_list",
            "file_read",
            "glob",
            "grep",
            "file_write",
            "file_edit",
        ],
        trial: Trial {
            tool: "file_list",
            args: || json!({}),
            judged_only: false,
        },
    },
    Family {
        id: "tools-shell",
        title: "Shell",
        about: "Runs commands in the workspace, walled in as far as this machine can.",
        tools: &["shell"],
        trial: Trial {
            tool: "shell",
            args: || json!({"command": "true"}),
            judged_only: false,
        },
    },
    Family {
        id: "tools-web",
        title: "Web",
        about: "Reads pages and calls services of the public Internet, never the local network.",
        tools: &["web_fetch", "http_request"],
        trial: Trial {
            tool: "web_fetch",
            args: || json!({"url": "https://example.com/"}),
            judged_only: true,
        },
    },
    Family {
        id: "tools-memory",
        title: "Memory",
        about: "Remembers facts, finds them again, and looks into earlier conversations.",
        tools: &[
            "memory_store",
            "memory_recall",
            "memory_forget",
            "session_search",
        ],
        trial: Trial {
            tool: "memory_recall",
            args: || json!({"query": "hello"}),
            judged_only: false,
        },
    },
    Family {
        id: "tools-schedule",
        title: "Schedule",
        about: "Plans work for later and shows what is planned.",
        tools: &[
            "cron_add",
            "cron_list",
            "cron_remove",
            "cron_run",
            "cron_runs",
            "cron_update",
        ],
        trial: Trial {
            tool: "cron_list",
            args: || json!({}),
            judged_only: false,
        },
    },
];
