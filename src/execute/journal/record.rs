//! What a journal says, record by record.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// The schema that the first record of a journal names.
pub const SCHEMA: &str = "cutover/journal/v1";

/// A line of a journal.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Entry {
    /// The number of the line, from 1.
    pub n: u64,
    /// When it was written, by the clock of the server.
    pub at: String,
    /// What it says.
    #[serde(flatten)]
    pub record: Record,
    /// BLAKE3 of the line before, without its end; of nothing for the first.
    pub chain: String,
    /// CRC-32 of the line up to the comma before this key, as eight hexadecimal digits.
    #[serde(default, skip_serializing)]
    pub crc32: String,
}

/// Something that a run did or saw.
///
/// Command lines, what tools print, and parameters that are free text are left out: they may hold what nobody else should read.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(tag = "record", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Record {
    /// A run was begun: every check before the first step was passed.
    Begun(Begun),
    /// A run goes on.
    Resumed {
        /// The server's present start.
        boot: String,
        /// How many bytes of a torn last line were dropped.
        #[serde(default, skip_serializing_if = "is_zero")]
        torn_bytes: u64,
    },
    /// A step is about to be carried out.
    Intent {
        /// The step.
        step: String,
        /// Its action.
        action: String,
        /// How long it may take, in minutes.
        minutes: i64,
    },
    /// A tool has ended, or its time was up.
    Outcome {
        /// The step.
        step: String,
        /// `success`, `needs_restart`, `failed`, `refused`, `timed_out` or `still_running`.
        outcome: String,
        /// The tool, where it failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tool: Option<String>,
        /// The code that it ended with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<i64>,
        /// The failure of the catalog that this is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
    },
    /// What was seen of a step afterwards.
    Seen {
        /// The step.
        step: String,
        /// `achieved`, `awaits_restart` or `not_achieved`.
        seen: String,
        /// True where a restart is needed before the step is complete.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        restart: bool,
        /// What is taken to be so from now on of facts that no probe of the server sees; null for not known.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        facts: Map<String, Json>,
        /// The same from the next restart on.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        after_restart: Map<String, Json>,
    },
    /// A person said that a console step is done.
    Attested {
        /// The step.
        step: String,
        /// The account under which the runner was started.
        by: String,
        /// What is taken to be so from now on of facts that no probe of the server sees; null for not known.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        facts: Map<String, Json>,
    },
    /// A restart is about to be asked for.
    Restart {
        /// The step.
        step: String,
        /// The server's present start.
        boot: String,
    },
    /// The server was restarted.
    Restarted {
        /// Its new start.
        boot: String,
        /// True where a step or a fact asked for it.
        awaited: bool,
        /// What is taken to be so from now on of facts that no probe of the server sees; null for not known.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        facts: Map<String, Json>,
    },
    /// The run ended, by itself or because it has to wait.
    Ended {
        /// As in a run report.
        status: String,
        /// The step that it stopped at.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<String>,
    },
}

/// What a run is.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
pub struct Begun {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// The version of the program.
    pub program: String,
    /// The server's own name.
    pub host: String,
    /// True where the server is a simulated one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub simulated: bool,
    /// The file of the plan.
    pub plan: String,
    /// BLAKE3 of that file.
    pub plan_digest: String,
    /// The digest of the catalog.
    pub catalog: String,
    /// The scenario.
    pub scenario: String,
    /// The parameters of the plan, other than free text.
    pub parameters: Map<String, Json>,
    /// Who performs the steps on the server: `cutover` or `console`.
    pub host_steps: String,
    /// The server's present start.
    pub boot: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}
