//! Progress on standard error, once work takes longer than half a second.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// How far work has come.
pub struct Progress {
    bar: ProgressBar,
    since: Instant,
}

impl Progress {
    /// So many servers are to be worked on.
    pub fn of_servers(servers: usize) -> Self {
        Self::new(servers as u64, "{pos} of {len} servers {bar:30}")
    }

    /// So many bytes are to be read.
    pub fn of_bytes(bytes: u64) -> Self {
        Self::new(bytes, "{bytes} of {total_bytes} {bar:30}")
    }

    fn new(length: u64, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar, since: Instant::now() }
    }

    /// So much more is done.
    pub fn step(&self, by: usize) {
        self.bar.inc(by as u64);
        if self.bar.is_hidden() && self.since.elapsed() > Duration::from_millis(500) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    /// All is done.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}
