//! A folder with plans and facts in it, and the program run there as a person would.

use serde_json::Value as Json;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// A folder to work in.
pub struct Desk {
    folder: TempDir,
}

/// How the program answered.
#[derive(Debug)]
pub struct Said {
    /// The exit status.
    pub status: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Desk {
    /// An empty folder.
    pub fn new() -> Self {
        Self { folder: TempDir::new().expect("a folder") }
    }

    /// The path of a file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file there.
    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    }

    /// Runs the program there.
    pub fn run(&self, arguments: &[&str]) -> Said {
        let output = Command::new(env!("CARGO_BIN_EXE_cutover"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("CUTOVER_CATALOG")
            .output()
            .expect("runs");
        Said {
            status: output.status.code().expect("an exit status"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

impl Said {
    /// Standard output as JSON.
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }

    /// The question was wrong: exit 2, no answer, and these words on standard error.
    pub fn is_refused(&self, words: &[&str]) {
        assert_eq!((self.status, self.stdout.as_str()), (2, ""), "{}", self.stderr);
        for word in words {
            assert!(self.stderr.contains(word), "`{word}` is not in:\n{}", self.stderr);
        }
    }
}

/// The record of a server of the shipped estate, with some facts changed; one that becomes null is left out.
pub fn recorded(host: &str, changes: &[(&str, Json)]) -> Json {
    let estate = include_str!("../../fixtures/estate.ndjson");
    let host = format!("{host}.corp.example");
    let mut all = estate.lines().map(|line| serde_json::from_str::<Json>(line).expect("JSON"));
    let mut server = all.find(|server| server["host"] == host.as_str()).unwrap_or_else(|| panic!("no server {host}"));
    let facts = server["facts"].as_object_mut().expect("facts");
    for (fact, value) in changes {
        if value.is_null() {
            facts.remove(*fact);
        } else {
            facts.insert((*fact).to_owned(), value.clone());
        }
    }
    server
}

/// Records of servers, one a line.
pub fn lines(servers: &[Json]) -> String {
    servers.iter().fold(String::new(), |lines, server| lines + &server.to_string() + "\n")
}
