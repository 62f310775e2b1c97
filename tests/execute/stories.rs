//! What a run does when something does not go as planned, on simulated servers.

use crate::common::{BASES, Server, catalog, server, tiny};
use crate::desk::{Manner, Paper, job, paper, planned};
use cutover::catalog::{Catalog, Performer, Step};
use cutover::execute::document::RunDocument;
use cutover::execute::journal::{History, Journal, Record};
use cutover::execute::{Failed, Host, Job, Options, Outcome, Simulated, Task, Turn, apply, resume};
use cutover::fact::{FactId, FakeHost, HostFacts, Observation, Value};
use cutover::plan::{Request, Status};
use jiff::{SignedDuration, Timestamp};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// A server that is odd in a way that a test chooses.
struct Odd<'c> {
    server: Simulated<'c>,
    /// A fact that it has a probe for, and cannot see.
    hides: Option<FactId>,
    /// A restart that is asked for comes only later.
    goes_down: bool,
    /// What asks for a restart stays until the machine has been started so often, whatever is done.
    pending_until: u32,
    /// What its tool says instead.
    says: Option<Outcome>,
    /// Tools that were left at work end when somebody has waited for them so often.
    at_work: Cell<u32>,
    /// That SCEP is gone shows only when somebody has waited for it so often.
    late: Cell<u32>,
    /// Another run changes it.
    is_taken: bool,
}

impl<'c> Odd<'c> {
    fn new(server: Simulated<'c>) -> Self {
        Self {
            server,
            hides: None,
            goes_down: false,
            pending_until: 0,
            says: None,
            at_work: Cell::new(0),
            late: Cell::new(0),
            is_taken: false,
        }
    }
}

impl HostFacts for Odd<'_> {
    fn observe(&self, fact: FactId) -> Observation<'_> {
        const YES: &Value = &Value::Flag(true);
        match self.hides {
            Some(hidden) if hidden == fact => Observation::Unknown("access denied"),
            _ if self.boot().parse::<u32>().expect("a number") < self.pending_until
                && Some(fact) == catalog().restart_pending() =>
            {
                Observation::Known(YES)
            }
            _ if self.late.get() > 0 && catalog().vocabulary().name(fact) == "scep.installed" => Observation::Known(YES),
            _ => self.server.observe(fact),
        }
    }
}

impl Host for Odd<'_> {
    fn name(&self) -> &str {
        self.server.name()
    }

    fn sees(&self, fact: FactId) -> bool {
        self.hides == Some(fact) || self.server.sees(fact)
    }

    fn look(&mut self) {
        self.server.look();
    }

    fn perform(&mut self, task: &Task<'_>) -> Outcome {
        let outcome = self.server.perform(task);
        self.says.clone().unwrap_or(outcome)
    }

    fn left_to_others(&mut self, task: &Task<'_>) {
        self.server.left_to_others(task);
    }

    fn now(&self) -> Timestamp {
        self.server.now()
    }

    fn wait(&mut self, time: SignedDuration) {
        self.server.wait(time);
        self.at_work.set(self.at_work.get().saturating_sub(1));
        self.late.set(self.late.get().saturating_sub(1));
    }

    fn claim(&mut self) -> Result<(), String> {
        if self.is_taken { Err("another run changes this server just now".to_owned()) } else { Ok(()) }
    }

    fn is_at_work(&self, _: &Step) -> bool {
        self.at_work.get() > 0
    }

    fn boot(&self) -> String {
        self.server.boot()
    }

    fn resume_at_start(&mut self, command: Option<&[String]>) -> Result<(), String> {
        self.server.resume_at_start(command)
    }

    fn restart(&mut self, task: &Task<'_>) -> Result<(), String> {
        if self.goes_down { Ok(()) } else { self.server.restart(task) }
    }
}

/// A journal that a test can read while and after it is written.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl cutover::execute::journal::Sheet for Shared {
    fn append(&mut self, line: &str) -> std::io::Result<()> {
        self.0.borrow_mut().extend(line.as_bytes());
        Ok(())
    }
}

/// A journal whose runner dies when it would write this.
struct Dying(Shared, &'static str);

impl cutover::execute::journal::Sheet for Dying {
    fn append(&mut self, line: &str) -> std::io::Result<()> {
        if line.contains(self.1) { Err(std::io::ErrorKind::BrokenPipe.into()) } else { self.0.append(line) }
    }
}

/// A run that dies before it writes this.
fn begin_and_die(job: &Job<'_>, host: &mut dyn Host, options: &Options, shared: &Shared, at: &'static str) {
    let journal = || Ok(Journal::on(Box::new(Dying(shared.clone(), at))));
    apply(job, host, options, journal, &mut |_| {}).expect_err("it dies");
}

impl Shared {
    fn journal(&self) -> Journal {
        let text = cutover::execute::journal::Text::read(&self.0.borrow()).expect("a journal");
        Journal::behind(text, Box::new(self.clone()))
    }

    fn records(&self) -> Vec<Record> {
        self.journal().entries().iter().map(|entry| entry.record.clone()).collect()
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).expect("UTF-8")
    }
}

fn fact(name: &str) -> FactId {
    catalog().vocabulary().find(name).expect("a fact")
}

fn options(attest: &[&str]) -> Options {
    Options {
        restart: true,
        attest: attest.iter().map(|step| (*step).to_owned()).collect(),
        by: "CORP\\somebody".to_owned(),
        at_start: vec!["cutover".to_owned(), "resume".to_owned(), "j".to_owned()],
        resume: vec!["cutover".to_owned(), "resume".to_owned(), "j".to_owned()],
        ..Options::default()
    }
}

fn simulated(server: &Server) -> Simulated<'static> {
    Simulated::new(catalog(), "srv", &server.host(), Timestamp::UNIX_EPOCH)
}

fn paper_for(server: &Server) -> Paper {
    let plan = planned(catalog(), &simulated(server), &server.request());
    assert!(matches!(plan.status, Status::Ready | Status::ReadyIf), "{:?}", plan.status.name());
    paper(&plan, "srv")
}

fn consoles(server: &Server) -> Vec<&'static str> {
    let scenario = catalog().scenario(server.scenario.as_deref().expect("a scenario")).expect("a scenario");
    scenario.steps.iter().filter(|step| step.action.performed_by == Performer::Console).map(|step| &*step.id).collect()
}

fn begin(job: &Job<'_>, host: &mut dyn Host, options: &Options, shared: &Shared) -> RunDocument {
    apply(job, host, options, || Ok(shared.journal()), &mut |_| {}).expect("a report")
}

fn go_on(job: &Job<'_>, host: &mut dyn Host, options: &Options, shared: &Shared) -> RunDocument {
    resume(job, host, options, shared.journal(), &mut |_| {}).expect("a report")
}

fn came<'r>(report: &'r RunDocument, step: &str) -> &'r str {
    report.steps.iter().rfind(|one| one.step == step).map_or("", |one| one.came)
}

#[test]
fn after_every_failure_that_the_catalog_lists_the_run_stops_with_its_remedy_and_goes_on_once_mended() {
    for base in BASES {
        let server = server(base);
        let (paper, consoles) = (paper_for(&server), consoles(&server));
        let job = job(catalog(), &paper, Manner::Alone);
        let options = options(&consoles);
        let mut whole = simulated(&server);
        let report = begin(&job, &mut whole, &options, &Shared::default());
        assert_eq!(report.status, "done", "{base}");
        let performed: BTreeSet<&String> = whole.performed().iter().collect();
        for id in performed {
            let scenario = catalog().scenario(&report.scenario).expect("the scenario");
            let step = &scenario.steps[scenario.step(id).expect("the step")];
            for failure in &step.action.failures {
                let fails = Rc::new(RefCell::new(true));
                let turns = |task: &Task<'_>| {
                    if *task.step.id == **id && fails.replace(false) {
                        Turn::Failure(failure.id.to_string())
                    } else {
                        Turn::Success { restart: true }
                    }
                };
                let shared = Shared::default();
                let mut host = simulated(&server).with_turns(turns);
                let first = begin(&job, &mut host, &options, &shared);
                let about = format!("{base} {id} {}: {first:?}", failure.id);
                // The restart of a simulated server does not fail.
                if *fails.borrow() {
                    continue;
                }
                if first.status == "done" {
                    // What the failure left was all that the step is there for.
                    assert!(failure.leaves.effects || !failure.leaves.changes.is_empty(), "{about}");
                    continue;
                }
                assert_eq!(
                    (first.status, first.stopped_at.as_deref(), came(&first, id)),
                    ("failed", Some(id.as_str()), "failed"),
                    "{about}"
                );
                assert!(first.because.as_ref().is_some_and(|because| because.contains(&*failure.remedy)), "{about}");
                let outcome = shared
                    .records()
                    .into_iter()
                    .any(|record| matches!(record, Record::Outcome { failure: Some(named), .. } if *named == *failure.id));
                assert!(outcome, "{about}");
                let again = go_on(&job, &mut host, &options, &shared);
                assert_eq!(again.status, "done", "{about} {again:?}");
            }
        }
    }
}

#[test]
fn a_tool_that_says_done_while_nothing_changed_is_not_believed() {
    let server = server("2012r2-standalone");
    let paper = paper_for(&server);
    let job = job(catalog(), &paper, Manner::Alone);
    let mut host = simulated(&server).with_turns(|task| match &*task.step.id {
        "uninstall-scep" => Turn::Nothing,
        _ => Turn::Success { restart: false },
    });
    let report = begin(&job, &mut host, &options(&[]), &Shared::default());
    assert_eq!((report.status, report.stopped_at.as_deref()), ("failed", Some("uninstall-scep")), "{report:?}");
    assert!(report.because.expect("why").contains("was not seen done: scep.installed is false"));
    // Five minutes are its budget, and half an hour is the least that it is given.
    let step = report.steps.iter().find(|step| step.step == "uninstall-scep").expect("the step");
    assert_eq!((step.outcome, step.minutes), (Some("success"), Some(30)));
}

#[test]
fn a_tool_that_says_failed_while_it_is_so_does_not_stop_the_run() {
    let server = server("2016-standalone");
    let paper = paper_for(&server);
    let job = job(catalog(), &paper, Manner::Alone);
    let failed = Failed { tool: "msiexec".to_owned(), code: Some(1603), failure: None, says: Some("a secret line".to_owned()) };
    let mut host = Odd {
        says: Some(Outcome::Failed(failed)),
        ..Odd::new(simulated(&server).with_turns(|_| Turn::Success { restart: false }))
    };
    let shared = Shared::default();
    let report = begin(&job, &mut host, &options(&consoles(&server)), &shared);
    assert_eq!((report.status, came(&report, "install-mde")), ("done", "done"), "{report:?}");
    let step = report.steps.iter().find(|step| step.step == "install-mde").expect("the step");
    assert_eq!((step.outcome, step.code, step.failure.as_deref()), (Some("failed"), Some(1603), Some("fatal-error")));
    assert_eq!(step.says.as_deref(), Some("a secret line"));
    assert!(!shared.text().contains("secret"), "what tools say stays out of the journal");
}

#[test]
fn what_the_host_does_not_begin_stops_the_run_with_its_reason() {
    let server = server("2016-standalone");
    let paper = paper_for(&server);
    let job = job(catalog(), &paper, Manner::Alone);
    let refused = || Turn::Refused("md4ws.msi is not signed\u{1b}[31m".to_owned());
    let mut host = simulated(&server)
        .with_turns(|task| if &*task.step.id == "install-mde" { refused() } else { Turn::Success { restart: false } });
    let report = begin(&job, &mut host, &options(&[]), &Shared::default());
    assert_eq!((report.status, came(&report, "install-mde")), ("refused", "refused"), "{report:?}");
    let because = report.because.expect("why");
    assert!(because.contains("md4ws.msi is not signed") && !because.contains('\u{1b}'), "{because}");
}

#[test]
fn a_restart_that_shows_nowhere_but_in_the_tool_s_word_is_taken_all_the_same() {
    let server = server("2012r2-standalone");
    let paper = paper_for(&server);
    let job = job(catalog(), &paper, Manner::Alone);
    let inner = simulated(&server).with_turns(|_| Turn::Success { restart: false });
    let mut host = Odd { says: Some(Outcome::NeedsRestart), ..Odd::new(inner) };
    let report = begin(&job, &mut host, &options(&consoles(&server)), &Shared::default());
    assert_eq!(report.status, "done", "{report:?}");
    assert_eq!(came(&report, "restart-again"), "restarted", "{report:?}");
}

#[test]
fn two_restarts_that_bring_nothing_about_are_enough() {
    let server = server("2016-standalone").with("reboot.pending", "true").with("reboot.reasons", "installer_marker");
    let paper = paper_for(&server);
    let job = job(catalog(), &paper, Manner::Alone);
    let mut host = Odd { pending_until: u32::MAX, ..Odd::new(simulated(&server)) };
    let shared = Shared::default();
    let report = begin(&job, &mut host, &options(&[]), &shared);
    assert_eq!(report.status, "failed", "{report:?}");
    assert!(report.because.expect("why").starts_with("two restarts in a row brought nothing about"));
    let restarts = shared.records().iter().filter(|record| matches!(record, Record::Restart { .. })).count();
    assert_eq!(restarts, 2);
    // Going on does not change that.
    let report = go_on(&job, &mut host, &options(&[]), &shared);
    assert_eq!((report.status, host.boot().as_str()), ("failed", "3"), "{report:?}");
}

#[test]
fn a_server_that_needs_two_restarts_at_the_start_gets_them_and_those_that_follow() {
    let server = server("2016-standalone")
        .with("reboot.pending", "true")
        .with("reboot.reasons", "cbs")
        .with("defender.feature", "disabled");
    let server = server.with("defender.service", "absent").with("defender.mode", "none");
    let paper = paper_for(&server);
    let job = job(catalog(), &paper, Manner::Alone);
    let mut host = Odd { pending_until: 3, ..Odd::new(simulated(&server)) };
    let report = begin(&job, &mut host, &options(&consoles(&server)), &Shared::default());
    assert_eq!(report.status, "done", "{report:?}");
    let first: Vec<&str> = host.server.performed().iter().take(3).map(String::as_str).collect();
    assert_eq!(first, ["restart-first", "restart-first", "update-windows"], "{:?}", host.server.performed());
    assert!(host.server.performed().iter().any(|step| step == "restart"), "{:?}", host.server.performed());
}

#[test]
fn a_restart_registers_the_resumption_and_the_run_goes_on_after_it() {
    let server = server("2012r2-standalone");
    let paper = paper_for(&server);
    let job = job(catalog(), &paper, Manner::Alone);
    let mut host = Odd { goes_down: true, ..Odd::new(simulated(&server)) };
    let (shared, options) = (Shared::default(), options(&consoles(&server)));
    let mut report = begin(&job, &mut host, &options, &shared);
    let mut restarts = 0;
    while report.status == "restarting" {
        assert_eq!(host.server.registered(), Some(&options.at_start[..]));
        restarts += 1;
        host.server.restart_by_hand(&job);
        report = go_on(&job, &mut host, &options, &shared);
    }
    assert_eq!((report.status, restarts > 0), ("done", true), "{report:?}");
    assert_eq!(host.server.registered(), None, "nothing is left that starts it again");
}

/// A run on a server that needs no restart dies before it writes this, whatever a tool said of itself. What comes then is up to the test.
fn after_dying(
    base: &str,
    says: Option<Outcome>,
    at: &'static str,
    then: impl FnOnce(&Job<'_>, &mut Odd<'_>, &Options, &Shared),
) {
    let server = server(base);
    let paper = paper_for(&server);
    let job = job(catalog(), &paper, Manner::Alone);
    let mut host = Odd { says, ..Odd::new(simulated(&server).with_turns(|_| Turn::Success { restart: false })) };
    let (shared, options) = (Shared::default(), options(&consoles(&server)));
    begin_and_die(&job, &mut host, &options, &shared, at);
    host.says = None;
    then(&job, &mut host, &options, &shared);
}

fn times(host: &Odd<'_>, step: &str) -> usize {
    host.server.performed().iter().filter(|one| *one == step).count()
}

#[test]
fn a_tool_that_a_killed_run_has_left_at_work_is_waited_for_and_not_started_again() {
    after_dying("2012r2-standalone", None, r#""outcome","step":"uninstall-scep""#, |job, host, options, shared| {
        (host.at_work, host.late) = (Cell::new(3), Cell::new(3));
        let mut told = String::new();
        let report = resume(job, host, options, shared.journal(), &mut |text| told.push_str(text)).expect("a report");
        assert_eq!((report.status, times(host, "uninstall-scep")), ("done", 1), "{report:?}");
        assert!(told.contains("uninstall-scep: a tool of an earlier run is still at work"), "{told}");
    });
}

#[test]
fn a_tool_that_does_not_end_stops_the_run_that_goes_on() {
    after_dying("2012r2-standalone", None, r#""outcome","step":"uninstall-scep""#, |job, host, options, shared| {
        (host.at_work, host.late) = (Cell::new(u32::MAX), Cell::new(u32::MAX));
        let report = go_on(job, host, options, shared);
        assert_eq!((report.status, report.stopped_at.as_deref()), ("failed", Some("uninstall-scep")), "{report:?}");
        assert!(report.because.expect("why").contains("has not ended"));
        assert_eq!(times(host, "uninstall-scep"), 1);
    });
}

#[test]
fn what_shows_some_time_after_its_tool_has_ended_is_waited_for_by_a_run_that_goes_on_too() {
    after_dying("2012r2-standalone", None, r#""seen","step":"uninstall-scep""#, |job, host, options, shared| {
        host.late = Cell::new(20);
        let report = go_on(job, host, options, shared);
        assert_eq!((report.status, times(host, "uninstall-scep")), ("done", 1), "{report:?}");
    });
}

#[test]
fn a_tool_s_word_that_a_restart_is_needed_outlives_the_run() {
    after_dying(
        "2016-standalone",
        Some(Outcome::NeedsRestart),
        r#""seen","step":"install-mde""#,
        |job, host, options, shared| {
            let report = go_on(job, host, options, shared);
            assert_eq!((report.status, came(&report, "restart-first")), ("done", "restarted"), "{report:?}");
            assert_eq!(times(host, "install-mde"), 1);
        },
    );
}

#[test]
fn a_server_that_another_run_changes_is_left_alone() {
    let server = server("2012r2-standalone");
    let paper = paper_for(&server);
    let job = job(catalog(), &paper, Manner::Alone);
    let mut host = Odd { is_taken: true, ..Odd::new(simulated(&server)) };
    let (shared, options) = (Shared::default(), options(&consoles(&server)));
    let report = begin(&job, &mut host, &options, &shared);
    assert_eq!((report.status, report.findings[0].code), ("refused", "other-run"), "{report:?}");
    assert!(shared.text().is_empty() && host.server.performed().is_empty(), "nothing was begun");
    host.is_taken = false;
    begin_and_die(&job, &mut host, &options, &shared, r#""outcome","step":"uninstall-scep""#);
    host.is_taken = true;
    let report = go_on(&job, &mut host, &options, &shared);
    assert_eq!((report.status, report.findings[0].code, times(&host, "uninstall-scep")), ("refused", "other-run", 1));
}

#[test]
fn without_being_allowed_nothing_is_restarted_and_the_command_that_goes_on_is_told() {
    let server = server("2012r2-standalone");
    let paper = paper_for(&server);
    let job = job(catalog(), &paper, Manner::Alone);
    let mut host = simulated(&server);
    let options = Options { restart: false, ..options(&consoles(&server)) };
    let report = begin(&job, &mut host, &options, &Shared::default());
    assert_eq!((report.status, host.boot().as_str(), host.registered()), ("restart", "1", None));
    assert_eq!(report.next, Some(options.resume.clone()));
}

#[test]
fn a_fact_that_a_probe_cannot_see_is_not_taken_from_the_plan() {
    let server = server("2012r2-standalone");
    let paper = paper_for(&server);
    let job = job(catalog(), &paper, Manner::Alone);
    let mut host = Odd { hides: Some(fact("policy.disable_antispyware")), ..Odd::new(simulated(&server)) };
    let shared = Shared::default();
    let report = begin(&job, &mut host, &options(&[]), &shared);
    assert_eq!(report.status, "refused", "{report:?}");
    let message = &report.findings[0].message;
    assert!(
        message
            .starts_with("`policy.disable_antispyware` was false when the plan was made, and now is not known (access denied)"),
        "{message}"
    );
    assert!(shared.records().is_empty() && host.server.performed().is_empty());
}

#[test]
fn what_a_plan_left_to_confirm_is_confirmed_on_the_server_before_the_first_step() {
    let known = server("2012r2-standalone");
    let asked = known.clone().unknown("network.sensor_urls");
    let paper = paper_for(&asked);
    assert_eq!(paper.given.recorded.as_ref().expect("made by a program").status.value, "ready_if");
    let job = job(catalog(), &paper, Manner::Alone);
    // It comes out true.
    let report = begin(&job, &mut simulated(&known), &options(&consoles(&known)), &Shared::default());
    assert_eq!(report.status, "done", "{report:?}");
    // It comes out false, although only the last step on the server needs it.
    let without = known.with("network.sensor_urls", "false");
    let mut host = simulated(&without);
    let report = begin(&job, &mut host, &options(&[]), &Shared::default());
    assert_eq!((report.status, host.performed().len()), ("refused", 0), "{report:?}");
    assert!(report.findings.iter().any(|finding| finding.message.contains("`onboard` would be refused")), "{report:?}");
    // It is still not known.
    let mut host = simulated(&asked);
    let report = begin(&job, &mut host, &options(&[]), &Shared::default());
    assert_eq!((report.status, host.performed().len()), ("not_known", 0), "{report:?}");
}

#[test]
fn where_others_perform_the_steps_nothing_is_performed_and_nothing_restarted() {
    let server = server("2012r2-scep");
    let paper = paper_for(&server);
    // What the plan says of it: in these scenarios others perform the steps unless it is said that cutover does.
    let job = Job::read(catalog(), &paper.source, &paper.given, &[]).expect("a plan to carry out");
    assert_eq!(job.host_steps(), "console");
    let (shared, options) = (Shared::default(), options(&consoles(&server)));
    let mut host = simulated(&server);
    let mut report = begin(&job, &mut host, &options, &shared);
    while report.status == "restart" {
        host.restart_by_hand(&job);
        report = go_on(&job, &mut host, &options, &shared);
    }
    assert_eq!(report.status, "done", "{report:?}");
    assert!(host.performed().is_empty() && host.registered().is_none(), "{:?}", host.performed());
    assert!(!shared.records().iter().any(|record| matches!(record, Record::Intent { .. } | Record::Restart { .. })));
}

#[test]
fn what_others_do_not_do_in_time_is_waited_for_and_then_told() {
    let server = server("2012r2-scep");
    let paper = paper_for(&server);
    let job = Job::read(catalog(), &paper.source, &paper.given, &[]).expect("a plan to carry out");
    let lazy = |task: &Task<'_>| match task.action().performed_by {
        Performer::Host => Turn::Nothing,
        Performer::Console => Turn::Success { restart: false },
    };
    let mut host = simulated(&server).with_turns(lazy);
    let report = begin(&job, &mut host, &options(&consoles(&server)), &Shared::default());
    assert_eq!((report.status, came(&report, "remove-mma-workspace")), ("waiting", "waits_for_others"), "{report:?}");
}

#[test]
fn a_console_step_that_nobody_attests_stops_with_a_checklist() {
    let server = server("2012r2-scep");
    let paper = paper_for(&server);
    let job = job(catalog(), &paper, Manner::Alone);
    let report = begin(&job, &mut simulated(&server), &options(&[]), &Shared::default());
    assert_eq!((report.status, report.stopped_at.as_deref()), ("waiting", Some("create-collection")), "{report:?}");
    let list: Vec<&str> = report.checklist.iter().map(|check| check.step.as_str()).collect();
    assert_eq!(list, ["create-collection", "create-application", "release-endpoint-protection", "deploy-application"]);
    let next = report.next.expect("a command");
    assert_eq!(next[..5], ["cutover", "resume", "j", "--attest", "create-collection"]);
}

#[test]
fn what_was_attested_and_does_not_show_is_not_believed() {
    let server = server("2012r2-scep");
    let paper = paper_for(&server);
    let job = job(catalog(), &paper, Manner::Alone);
    let mut host = simulated(&server).with_turns(|_| Turn::Nothing);
    let report = begin(&job, &mut host, &options(&["create-collection"]), &Shared::default());
    assert_eq!((report.status, came(&report, "create-collection")), ("failed", "failed"), "{report:?}");
    assert!(report.because.expect("why").contains("mecm.collection_member is true"));
}

#[test]
fn what_no_probe_sees_becomes_known_through_the_attested_step_and_its_record() {
    let server = server("2012r2-standalone");
    let paper = paper_for(&server);
    let job = job(catalog(), &paper, Manner::Alone);
    // Nothing on the server sees whether policies reach it, and attesting changes nothing there.
    let mut host = simulated(&server).blind(fact("policy.assigned")).with_turns(|task| match task.action().performed_by {
        Performer::Console => Turn::Nothing,
        Performer::Host => Turn::Success { restart: false },
    });
    let shared = Shared::default();
    let report = begin(&job, &mut host, &options(&["assign-policies"]), &shared);
    assert_eq!(report.status, "done", "{report:?}");
    assert!(report.taken_from_plan.is_empty(), "{:?}", report.taken_from_plan);
    let attested = shared.records().into_iter().find_map(|record| match record {
        Record::Attested { step, by, facts } => Some((step, by, serde_json::Value::Object(facts))),
        _ => None,
    });
    let facts = serde_json::json!({ "policy.assigned": true });
    assert_eq!(attested, Some(("assign-policies".to_owned(), "CORP\\somebody".to_owned(), facts)));
    // A run that goes on knows it from there.
    let again = go_on(&job, &mut host, &options(&[]), &shared);
    assert_eq!(again.status, "done", "{again:?}");
}

#[test]
fn what_changed_on_the_way_so_that_a_step_may_not_be_done_stops_just_there() {
    let server = server("2012r2-standalone");
    let paper = paper_for(&server);
    let job = job(catalog(), &paper, Manner::Alone);
    let shared = Shared::default();
    let mut host = simulated(&server);
    let report = begin(&job, &mut host, &Options { restart: false, ..options(&[]) }, &shared);
    assert_eq!(report.status, "restart", "{report:?}");
    host.set(fact("policy.disable_antispyware"), Value::Flag(true));
    let performed = host.performed().len();
    let report = go_on(&job, &mut host, &options(&[]), &shared);
    assert_eq!((report.status, host.performed().len()), ("refused", performed), "{report:?}");
    assert!(report.findings.iter().any(|finding| finding.code == "plan-blocked"), "{report:?}");
}

#[test]
fn free_text_among_the_parameters_stays_out_of_the_journal() {
    let made = tiny()
        .flags("a")
        .declares("word", "type: text")
        .step("one", "achieved_when: { a: true }, effects: [{ set: { a: true } }]");
    let catalog: Catalog = made.goal("{ a: true }").catalog();
    let (vocabulary, mut facts) = (catalog.vocabulary(), FakeHost::new());
    for name in ["a", "reboot.pending"] {
        facts.set(vocabulary.find(name).expect("a fact"), Value::Flag(false));
    }
    let mut host = Simulated::new(&catalog, "srv", &facts, Timestamp::UNIX_EPOCH);
    let word = (Arc::from("word"), Value::Text("hunter2".into()));
    let plan = planned(&catalog, &host, &Request { parameters: vec![word], ..Request::default() });
    let paper = paper(&plan, "srv");
    let job = Job::read(&catalog, &paper.source, &paper.given, &[]).expect("a plan to carry out");
    let shared = Shared::default();
    let report = begin(&job, &mut host, &options(&[]), &shared);
    assert_eq!(report.status, "done", "{report:?}");
    assert!(!shared.text().contains("hunter2"), "{}", shared.text());
    let history = History::of(shared.journal().entries());
    assert!(history.begun.expect("a beginning").parameters.is_empty());
}
