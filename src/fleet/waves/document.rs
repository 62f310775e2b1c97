//! A rollout as documents: `cutover/waves/v1`, and `cutover/wave-server/v1` for one server of it.

use super::{Column, Rehearsal, Rehearsed, Rollout, Shape, Survey, Tally, Way};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// The schema that a rollout names.
pub const SCHEMA: &str = "cutover/waves/v1";
/// The schema that a server of a rollout names.
pub const SERVER_SCHEMA: &str = "cutover/wave-server/v1";

/// A rollout.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct WavesDocument {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// How many servers there are in all.
    pub servers: usize,
    /// How many of them are in waves.
    pub in_waves: usize,
    /// The fact that names groups.
    pub group_by: String,
    /// True where some server says which group it is in.
    pub has_groups: bool,
    /// The canary, where there is one, and the waves.
    pub waves: Vec<WaveDocument>,
    /// Servers that could be migrated and are in no wave, with the reason.
    pub unfit: Vec<EntryDocument>,
    /// How many servers are left out, by what their plans say.
    pub left_out: BTreeMap<&'static str, usize>,
    /// The largest group, where it alone is why there are so many waves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_up_by: Option<GroupDocument>,
    /// What rehearsing the rollout came to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rehearsal: Option<RehearsalDocument>,
}

/// A wave.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct WaveDocument {
    /// `canary`, or its number from 1.
    pub wave: String,
    /// How many of its servers have a group, which is as many groups.
    pub groups: usize,
    /// How long the longest takes.
    pub minutes: u32,
    /// All their restarts.
    pub restarts: RestartsDocument,
    /// How long the longest is without an active antivirus, in minutes.
    pub unprotected: u32,
    /// Its servers.
    pub servers: Vec<EntryDocument>,
}

/// A server.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct EntryDocument {
    /// Its name.
    pub host: String,
    /// What its plan says.
    pub status: &'static str,
    /// The scenario.
    pub scenario: Option<String>,
    /// Its group; null where it stands alone.
    pub group: Option<String>,
    /// The window that it has of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
    /// How long its plan takes.
    pub minutes: u32,
    /// Its restarts.
    pub restarts: RestartsDocument,
    /// How long it is without an active antivirus, in minutes.
    pub unprotected: u32,
    /// Why it is in no wave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Restarts.
#[derive(Clone, Copy, Debug, Default, JsonSchema, Serialize)]
pub struct RestartsDocument {
    /// Those that are certain.
    pub certain: usize,
    /// Those that may turn out to be needed.
    pub possible: usize,
}

/// A group of servers.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct GroupDocument {
    /// Its name.
    pub group: String,
    /// How many of the servers that take part are in it.
    pub servers: usize,
}

/// What a rehearsal came to.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct RehearsalDocument {
    /// How often the rollout was rehearsed.
    pub runs: u32,
    /// What failures were drawn from.
    pub seed: u64,
    /// Of how many servers a step failed, such as `2%`.
    pub failure_rate: String,
    /// When a run was stopped.
    pub stop: StopDocument,
    /// How many runs were stopped.
    pub stopped: u32,
    /// In which waves, where any was.
    pub stopped_in: Vec<StoppedDocument>,
    /// Servers on which a step failed, in all runs.
    pub failed: TallyDocument,
    /// What failures had left behind in the runs that were stopped.
    pub at_a_stop: LeftDocument,
    /// What failures had left behind in the runs that came to their end.
    pub at_the_end: LeftDocument,
    /// Servers of which no step lists a failure, so that none was drawn for them.
    pub never_fail: usize,
}

/// When a run is stopped: at the first of these.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct StopDocument {
    /// So many failures in a wave, or such a share of its servers.
    pub of_wave: Vec<String>,
    /// So many failures since the start, or such a share of the servers that were begun.
    pub of_all: Vec<String>,
}

/// Runs that were stopped in one wave.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct StoppedDocument {
    /// The wave.
    pub wave: String,
    /// How many runs.
    pub runs: u32,
}

/// What failures left behind.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct LeftDocument {
    /// Servers on which something was changed and the goal is not reached.
    pub half_way: TallyDocument,
    /// Servers without an active antivirus, or of which it is not known.
    pub without_antivirus: TallyDocument,
}

/// A number of servers over several runs.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct TallyDocument {
    /// In all of them together.
    pub total: u64,
    /// In the one with the most.
    pub most: u64,
}

/// A server of a rollout, alone on a line.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct WaveServerDocument<'d> {
    /// Always [`SERVER_SCHEMA`].
    pub schema: &'static str,
    /// Its wave; null where it is in none, with the reason.
    pub wave: Option<&'d str>,
    /// The server.
    #[serde(flatten)]
    pub entry: &'d EntryDocument,
}

impl WavesDocument {
    /// A rollout as a document.
    pub fn of(survey: &Survey, shape: &Shape, rollout: &Rollout, rehearsed: Option<(&Rehearsal, &Rehearsed)>) -> Self {
        let left_out = rollout.left_out.iter().map(|(status, servers)| (status.name(), *servers)).collect();
        Self {
            schema: SCHEMA,
            servers: survey.servers.len(),
            in_waves: rollout.servers(),
            group_by: shape.group_by.clone(),
            has_groups: survey.has_groups(),
            waves: rollout.waves.iter().map(|wave| WaveDocument::of(survey, &wave.name, &wave.servers)).collect(),
            unfit: rollout.unfit.iter().map(|(server, why)| entry(survey, *server, Some(why.to_string()))).collect(),
            left_out,
            held_up_by: rollout.held_up_by.clone().map(|(group, servers)| GroupDocument { group, servers }),
            rehearsal: rehearsed.map(|(rehearsal, rehearsed)| RehearsalDocument::of(rollout, rehearsal, rehearsed)),
        }
    }

    /// The servers one by one: those in waves, wave by wave, and those that could be migrated and are in none.
    pub fn one_by_one(&self) -> impl Iterator<Item = WaveServerDocument<'_>> {
        let of = |wave, entry| WaveServerDocument { schema: SERVER_SCHEMA, wave, entry };
        let in_waves =
            self.waves.iter().flat_map(move |wave| wave.servers.iter().map(move |entry| of(Some(wave.wave.as_str()), entry)));
        in_waves.chain(self.unfit.iter().map(move |entry| of(None, entry)))
    }
}

impl WaveDocument {
    fn of(survey: &Survey, name: &str, servers: &[usize]) -> Self {
        let ways = || servers.iter().map(|server| survey.way(*server));
        let grouped = |server: &&usize| matches!(survey.servers[**server].group, Column::Text(_));
        Self {
            wave: name.to_owned(),
            groups: servers.iter().filter(grouped).count(),
            minutes: ways().map(|way| way.minutes).max().unwrap_or_default(),
            restarts: RestartsDocument {
                certain: ways().map(|way| way.restarts.0).sum(),
                possible: ways().map(|way| way.restarts.1).sum(),
            },
            unprotected: ways().map(|way| way.unprotected).max().unwrap_or_default(),
            servers: servers.iter().map(|server| entry(survey, *server, None)).collect(),
        }
    }
}

fn entry(survey: &Survey, server: usize, reason: Option<String>) -> EntryDocument {
    let of = &survey.servers[server];
    let Way { status, class, minutes, restarts, unprotected, .. } = survey.way(server);
    let text = |column: &Column| match column {
        Column::Text(text) => Some(text.clone()),
        Column::Nothing | Column::Unclear(_) => None,
    };
    EntryDocument {
        host: of.host.clone(),
        status: status.name(),
        scenario: class.0.as_ref().map(ToString::to_string),
        group: text(&of.group),
        window: text(&of.window),
        minutes: *minutes,
        restarts: RestartsDocument { certain: restarts.0, possible: restarts.1 },
        unprotected: *unprotected,
        reason,
    }
}

impl RehearsalDocument {
    fn of(rollout: &Rollout, rehearsal: &Rehearsal, rehearsed: &Rehearsed) -> Self {
        let written = |amounts: &[super::Amount]| amounts.iter().map(ToString::to_string).collect();
        let tally = |tally: Tally| TallyDocument { total: tally.total, most: tally.most };
        let stopped_in = rollout.waves.iter().zip(&rehearsed.stopped).filter(|(_, runs)| **runs > 0);
        Self {
            runs: rehearsal.runs,
            seed: rehearsal.seed,
            failure_rate: rehearsal.failure_rate.to_string(),
            stop: StopDocument { of_wave: written(&rehearsal.stop.of_wave), of_all: written(&rehearsal.stop.of_all) },
            stopped: rehearsed.stopped.iter().sum(),
            stopped_in: stopped_in.map(|(wave, runs)| StoppedDocument { wave: wave.name.clone(), runs: *runs }).collect(),
            failed: tally(rehearsed.failed),
            at_a_stop: LeftDocument { half_way: tally(rehearsed.half_way), without_antivirus: tally(rehearsed.unprotected) },
            at_the_end: LeftDocument {
                half_way: tally(rehearsed.half_way_at_end),
                without_antivirus: tally(rehearsed.unprotected_at_end),
            },
            never_fail: rehearsed.never_fail,
        }
    }
}
