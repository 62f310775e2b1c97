//! The crash matrix: the runner is killed before and after every record of the journal and every effect, started again, and the
//! server ends as it would have ended.

use crate::common::{BASES, Server, candidates, catalog, server};
use crate::desk::{Manner, Paper, Way, carry_out, job, paper, planned};
use crate::machine::{Fuse, needs_restart};
use crate::oracle::World;
use cutover::execute::{Job, Simulated, Turn};
use cutover::fact::Value;
use cutover::plan::{Request, Status};
use jiff::Timestamp;

/// Facts that nothing on a server can see, but only a console knows.
const OF_CONSOLES: [&str; 8] = [
    "mecm.collection_member",
    "mecm.application_created",
    "mecm.application_deployed",
    "policy.assigned",
    "entra.policy_group",
    "third_party.pushed",
    "azure.unified_setting",
    "exclusions.mutual",
];

fn simulated(server: &Server, seed: u64) -> Simulated<'static> {
    let mut simulated = Simulated::new(catalog(), "srv", &server.host(), Timestamp::UNIX_EPOCH);
    if seed % 2 == 1 {
        for name in OF_CONSOLES {
            simulated = simulated.blind(catalog().vocabulary().find(name).expect("a fact"));
        }
    }
    simulated.with_turns(move |task| Turn::Success { restart: needs_restart(seed, &task.step.id) })
}

/// Everything that is so on a server.
fn truths(server: &Simulated<'_>) -> Vec<(String, Option<Value>)> {
    let vocabulary = catalog().vocabulary();
    vocabulary.ids().map(|fact| (vocabulary.name(fact).to_owned(), server.truth(fact))).collect()
}

fn request(server: &Server) -> Request {
    server.request()
}

/// A ready server's plan on paper.
fn paper_of(base: &str) -> (Server, Paper) {
    let server = server(base);
    let plan = planned(catalog(), &Simulated::new(catalog(), "srv", &server.host(), Timestamp::UNIX_EPOCH), &request(&server));
    assert_eq!(plan.status, Status::Ready, "{base}");
    let paper = paper(&plan, "srv");
    (server, paper)
}

/// The way of one ready server, which can be gone again with another fuse.
struct Course<'c> {
    about: String,
    seed: u64,
    manner: Manner,
    server: &'c Server,
    job: Job<'c>,
    world: World<'c>,
    /// What is so in the end where nobody kills.
    expected: Vec<(String, Option<Value>)>,
}

impl<'c> Course<'c> {
    /// Goes it once undisturbed, past every moment of the fuse that comes with it.
    fn new(base: &str, seed: u64, manner: Manner, (server, paper): &'c (Server, Paper)) -> (Self, Fuse) {
        let scenario = catalog().scenario(server.scenario.as_deref().expect("a scenario")).expect("a scenario");
        let world = World::new(catalog(), scenario, &server.parameters, &candidates);
        let about = format!("{base} {seed} {manner:?}");
        let mut course = Self { about, seed, manner, server, job: job(catalog(), paper, manner), world, expected: Vec::new() };
        let whole = Fuse::wet();
        course.expected = course.ends(&whole, 0, "");
        (course, whole)
    }

    fn walk(&self, fuse: &Fuse) -> (Way, Simulated<'c>) {
        let mut simulated = simulated(self.server, self.seed);
        let way = carry_out(&self.world, &self.job, &mut simulated, self.manner, fuse);
        (way, simulated)
    }

    /// Goes it with this fuse, which kills so often: it comes to its end. Gives what is so then.
    fn ends(&self, fuse: &Fuse, kills: usize, killed: &str) -> Vec<(String, Option<Value>)> {
        let (way, end) = self.walk(fuse);
        let about = || format!("{} {killed}: {}", self.about, serde_json::to_string_pretty(&way.reports).expect("JSON"));
        assert_eq!(way.killed, kills, "{}", about());
        assert_eq!((way.status(), &way.wrong), ("done", &Vec::new()), "{}", about());
        truths(&end)
    }

    /// The same, and it ends as it would have ended.
    fn ends_alike(&self, fuse: &Fuse, kills: usize, killed: &str) {
        let end = self.ends(fuse, kills, killed);
        let differing: Vec<_> = self.expected.iter().zip(end).filter(|(one, other)| *one != other).collect();
        assert!(differing.is_empty(), "{differing:?} {} {killed}", self.about);
    }
}

/// Kills the runner on the way of one ready server, at every so manyth moment.
fn matrix(base: &str, seed: u64, manner: Manner, stride: usize) {
    let of = paper_of(base);
    let (course, whole) = Course::new(base, seed, manner, &of);
    assert!(whole.passed() > 10, "{base}: {} moments", whole.passed());
    let torn = whole.records().into_iter().map(|moment| (moment, true));
    for (moment, tears) in (0..whole.passed()).map(|moment| (moment, false)).chain(torn).step_by(stride) {
        course.ends_alike(&Fuse::at(&[moment], tears), 1, &format!("killed at {moment}, torn {tears}"));
    }
}

/// Kills the runner twice on the way of one ready server: at every so manyth moment, and then at every so manyth one of what goes on.
fn twice(base: &str, seed: u64, manner: Manner, strides: (usize, usize)) -> usize {
    let of = paper_of(base);
    let (course, whole) = Course::new(base, seed, manner, &of);
    let mut pairs = 0;
    for first in (0..whole.passed()).step_by(strides.0) {
        let once = Fuse::at(&[first], false);
        course.walk(&once);
        // The second one comes at another place of the stride each time.
        for second in (first + 1 + first % strides.1..once.passed()).step_by(strides.1) {
            let tears = (first + second) % 2 == 0;
            let killed = format!("killed at {first} and {second}, torn {tears}");
            course.ends_alike(&Fuse::at(&[first, second], tears), 2, &killed);
            pairs += 1;
        }
    }
    pairs
}

/// All pairs would be some thousands a server.
#[test]
fn a_runner_that_is_killed_again_when_it_goes_on_ends_as_it_would_have_ended() {
    let mut pairs = 0;
    for (seed, base) in [(1, "2012r2-standalone"), (2, "2016-third-party"), (3, "2012r2-scep"), (4, "2016-azure")] {
        pairs += twice(base, seed, Manner::Alone, (5, 11));
    }
    for (seed, base) in [(5, "2012r2-scep"), (6, "2016-mecm-third-party")] {
        pairs += twice(base, seed, Manner::Watching, (7, 11));
    }
    pairs += twice("2016-standalone", 7, Manner::ByHand, (7, 11));
    assert!(pairs > 100, "{pairs} pairs");
}

/// Every ready server, half of them where a probe sees what otherwise only a console knows. Two tests, so that they run beside
/// each other.
#[test]
fn a_killed_runner_that_goes_on_ends_as_it_would_have_ended_with_configuration_manager() {
    for (seed, base) in BASES.iter().enumerate().filter(|(_, base)| base.contains("mecm") || base.contains("scep")) {
        matrix(base, seed as u64, Manner::Alone, 1);
    }
}

#[test]
fn a_killed_runner_that_goes_on_ends_as_it_would_have_ended_elsewhere() {
    for (seed, base) in BASES.iter().enumerate().filter(|(_, base)| !base.contains("mecm") && !base.contains("scep")) {
        matrix(base, seed as u64, Manner::Alone, 1);
    }
}

#[test]
fn it_is_the_same_where_a_person_restarts_the_server() {
    for (seed, base) in [(5, "2012r2-scep"), (6, "2016-third-party"), (7, "2016-azure")] {
        matrix(base, seed, Manner::ByHand, 4);
    }
}

#[test]
fn it_is_the_same_where_others_perform_the_steps_on_the_server() {
    for (seed, base) in [(8, "2012r2-scep"), (9, "2016-mecm-third-party"), (10, "2012r2-azure"), (11, "attach")] {
        matrix(base, seed, Manner::Watching, 4);
    }
}
