//! Everything that is refused, through the command line: nothing is done, and the message says what is wrong.

use serde_json::Value as Json;
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;

const HOST: &str = "mma-ready-2012r2.corp.example";

/// What the program said.
struct Said {
    status: i32,
    out: String,
    err: String,
}

fn cutover(folder: &Path, arguments: &[&str]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("CUTOVER_CATALOG")
        .output()
        .expect("runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Said { status: output.status.code().expect("a status"), out: text(output.stdout), err: text(output.stderr) }
}

/// A folder with a plan, the snapshot that it was made from, and nothing else.
struct Room {
    folder: tempfile::TempDir,
}

impl Room {
    fn new(host: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
        let estate = fs::read_to_string(fixtures.join("estate.ndjson")).expect("the estate");
        let line = estate.lines().find(|line| line.contains(&format!("\"{host}\""))).expect("the server");
        let snapshot: Json = serde_json::from_str(line).expect("JSON");
        let room = Self { folder };
        room.write("snapshot.json", &snapshot);
        fs::copy(fixtures.join("estate.yaml"), room.path("estate.yaml")).expect("copied");
        let made = room.say(&["plan", "snapshot.json", "--parameters", "estate.yaml", "--format", "json", "-o", "plan.json"]);
        assert_eq!(made.status, 0, "{}", made.err);
        room
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn json(&self, name: &str) -> Json {
        serde_json::from_str(&fs::read_to_string(self.path(name)).expect("the file")).expect("JSON")
    }

    fn write(&self, name: &str, json: &Json) {
        fs::write(self.path(name), serde_json::to_string_pretty(json).expect("JSON")).expect("written");
    }

    fn change(&self, name: &str, change: impl FnOnce(&mut Json)) {
        let mut json = self.json(name);
        change(&mut json);
        self.write(name, &json);
    }

    fn say(&self, arguments: &[&str]) -> Said {
        cutover(self.folder.path(), arguments)
    }

    fn apply(&self, more: &[&str]) -> Said {
        self.say(&[&["apply", "plan.json", "--on", "snapshot.json", "--execute", "--journal", "j"], more].concat())
    }

    /// Applies, which must be refused with this in the answer, and leave no journal.
    fn refused(&self, status: i32, with: &[&str]) {
        let said = self.apply(&["--restart"]);
        assert_eq!(said.status, status, "{}{}", said.out, said.err);
        for part in with {
            assert!(said.out.contains(part) || said.err.contains(part), "`{part}` is not in\n{}{}", said.out, said.err);
        }
        assert!(!self.path("j").exists() || fs::read(self.path("j")).expect("read").is_empty(), "nothing was begun");
        // A dry run says the same.
        let dry = self.say(&["apply", "plan.json", "--on", "snapshot.json"]);
        assert_eq!(dry.status, status, "{}{}", dry.out, dry.err);
    }

    /// A run that waits for a restart, in the journal `j`.
    fn begun(&self) {
        let said = self.apply(&[]);
        assert_eq!(said.status, 4, "{}{}", said.out, said.err);
    }

    fn resume(&self) -> Said {
        self.say(&["resume", "j", "--on", "snapshot.json", "--restart", "--attest", "assign-policies"])
    }
}

#[test]
fn a_plan_for_another_server() {
    let room = Room::new(HOST);
    room.change("snapshot.json", |json| json["host"] = "mma-ready-2012r2.branch.example".into());
    room.refused(
        1,
        &["the plan is for the server `mma-ready-2012r2.corp.example`, and this one is `mma-ready-2012r2.branch.example`"],
    );
}

#[test]
fn a_server_that_is_called_by_its_first_label_or_in_capitals_is_no_other() {
    let room = Room::new(HOST);
    for name in ["MMA-READY-2012R2", "MMA-ready-2012r2.Corp.Example"] {
        room.change("snapshot.json", |json| json["host"] = name.into());
        let said = room.say(&["apply", "plan.json", "--on", "snapshot.json"]);
        assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    }
}

#[test]
fn facts_that_changed_with_what_they_were_and_are() {
    let room = Room::new(HOST);
    room.change("snapshot.json", |json| json["facts"]["policy.disable_antispyware"] = true.into());
    room.refused(1, &["plan-stale-fact: `policy.disable_antispyware` was false when the plan was made, and now is true"]);
}

#[test]
fn a_fact_that_changed_so_that_nothing_tells_it_apart_is_no_reason() {
    let room = Room::new(HOST);
    room.change("snapshot.json", |json| json["facts"]["os.build"] = "6.3.9600.21620".into());
    let said = room.say(&["apply", "plan.json", "--on", "snapshot.json"]);
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
}

#[test]
fn a_plan_of_another_catalog_or_of_none() {
    let room = Room::new(HOST);
    room.change("plan.json", |json| json["catalog"] = "blake3:00".into());
    room.refused(1, &["plan-other-catalog: the plan was made with another catalog"]);
    room.change("plan.json", |json| drop(json.as_object_mut().expect("a plan").remove("catalog")));
    room.refused(1, &["the plan does not say which catalog it was made with"]);
}

#[test]
fn a_plan_that_was_tampered_with() {
    let of = |change: &dyn Fn(&mut Json), status: i32, with: &str| {
        let room = Room::new(HOST);
        room.change("plan.json", |json| change(json));
        room.refused(status, &[with]);
    };
    let step = |json: &Json, id: &str| {
        json["steps"].as_array().expect("steps").iter().position(|step| step["id"] == id).expect("the step")
    };
    let swap = |json: &mut Json| {
        let (one, other) = (step(json, "install-mde"), step(json, "onboard"));
        json["steps"].as_array_mut().expect("steps").swap(one, other);
    };
    of(&swap, 1, "plan-order: `onboard` stands before `install-mde`");
    let take_out = |json: &mut Json| {
        let at = step(json, "restart-again");
        json["steps"].as_array_mut().expect("steps").remove(at);
    };
    of(&take_out, 1, "plan-missing-step: the step `restart-again` is missing");
    let foreign = |json: &mut Json| {
        let at = step(json, "restart-again");
        json["steps"][at]["id"] = "remove-third-party".into();
    };
    of(&foreign, 1, "plan-unknown-step");
    let skip = |json: &mut Json| {
        let at = step(json, "uninstall-scep");
        json["steps"][at]["decision"] = "skip".into();
        json["steps"][at]["why"] = "already_so".into();
    };
    of(&skip, 1, "plan-stale-decision: by the plan `uninstall-scep` is left out");
    of(&|json| json["status"] = "blocked".into(), 1, "not-ready: the plan says blocked of the server");
    of(&|json| json["status"] = "undetermined".into(), 3, "not-ready: the plan says undetermined of the server");
    of(&|json| json["without_supplements"] = true.into(), 1, "without-supplements");
    of(&|json| json["parameters"]["workspace_id"] = "ours".into(), 1, "plan-wrong-parameter");
    of(&|json| json["scenario"] = "standalone".into(), 1, "plan-unknown-scenario");
    of(&|json| drop(json.as_object_mut().expect("a plan").remove("host")), 1, "no-host: the plan names no server");
    of(&|json| json["schema"] = "cutover/plan/v2".into(), 2, "expected the schema `cutover/plan/v1`");
}

#[test]
fn a_plan_that_was_written_by_hand_or_tells_of_the_vendor_s_script() {
    let room = Room::new(HOST);
    room.change("plan.json", |json| {
        json["steps"] = Json::Array(json["steps"].as_array().expect("steps").iter().map(|step| step["id"].clone()).collect());
        json.as_object_mut()
            .expect("a plan")
            .retain(|key, _| ["schema", "host", "scenario", "parameters", "steps"].contains(&key.as_str()));
    });
    room.refused(1, &["hand-written"]);
    let made = room.say(&[
        "plan",
        "snapshot.json",
        "--parameters",
        "estate.yaml",
        "--scenario",
        "installer-script",
        "--format",
        "json",
        "-o",
        "plan.json",
    ]);
    assert!(made.status < 2, "{}", made.err);
    room.refused(1, &["as-it-goes: `installer-script` tells what the vendor's own script does"]);
}

#[test]
fn parameters_that_the_plan_was_not_made_with() {
    let room = Room::new(HOST);
    let said = room.apply(&["--set", "workspace_id=3f6b2a10-0000-4000-8000-000000000009"]);
    assert_eq!(said.status, 1);
    assert!(
        said.out.contains("other-parameter: the plan was made with another value of the parameter `workspace_id`"),
        "{}",
        said.out
    );
    let said = room.apply(&["--set", "minimum_platform=4.18.2106.6"]);
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    let said = room.apply(&["--set", "workspaceid=1"]);
    assert!(said.status == 2 && said.err.contains("did you mean `workspace_id`?"), "{}", said.err);
}

#[test]
fn a_step_that_nobody_attests() {
    let room = Room::new(HOST);
    let said = room.apply(&["--attest", "assign-policy"]);
    assert!(said.status == 2 && said.err.contains("did you mean `assign-policies`?"), "{}", said.err);
    let said = room.apply(&["--attest", "onboard"]);
    assert!(said.status == 2 && said.err.contains("is done on the server"), "{}", said.err);
}

#[test]
fn a_machine_that_this_build_cannot_change() {
    let room = Room::new(HOST);
    let said = room.say(&["apply", "plan.json"]);
    if cfg!(windows) {
        return;
    }
    assert!(said.status == 2 && said.err.contains("--on SNAPSHOT"), "{}", said.err);
}

#[test]
fn a_second_run_in_a_journal_that_holds_one() {
    let room = Room::new(HOST);
    room.begun();
    let said = room.apply(&["--restart"]);
    assert!(said.status == 2 && said.err.contains("the journal holds a run already"), "{}", said.err);
    assert!(said.err.contains("cutover resume j goes on with it"), "{}", said.err);
}

#[test]
fn two_runners_at_once() {
    let room = Room::new(HOST);
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(room.path("j.lock")).expect("a lock");
    lock.lock().expect("locked");
    let said = room.apply(&[]);
    assert!(said.status == 2 && said.err.contains("another run writes this journal just now"), "{}", said.err);
    lock.unlock().expect("unlocked");
    room.begun();
    lock.lock().expect("locked");
    let said = room.resume();
    assert!(said.status == 2 && said.err.contains("another run writes this journal just now"), "{}", said.err);
    let said = room.say(&["status", "j"]);
    assert!(said.out.contains("Running just now."), "{}", said.out);
}

#[test]
fn a_journal_in_which_a_line_was_changed_taken_out_or_put_in() {
    let room = Room::new(HOST);
    room.begun();
    let whole = fs::read_to_string(room.path("j")).expect("the journal");
    let lines: Vec<&str> = whole.lines().collect();
    let text = |lines: &[&str]| lines.join("\n") + "\n";
    let changed = whole.replacen("\"code\":", "\"cade\":", 1).replacen("needs_restart", "success", 1);
    let cases = [
        (changed, "line 6 is damaged: its checksum is missing or wrong"),
        (text(&[&lines[..2], &lines[3..]].concat()), "line 3 is damaged: expected the record number 3, found 4"),
        (text(&[&lines[..3], &lines[2..]].concat()), "line 4 is damaged"),
        (format!("{}\n{whole}", "x".repeat(200)), "line 1 is damaged"),
        (whole.replace("cutover/journal/v1", "cutover/journal/v9"), "line 1 is damaged"),
    ];
    for (text, with) in cases {
        fs::write(room.path("j"), &text).expect("written");
        for said in [room.resume(), room.say(&["status", "j"])] {
            assert!(said.status == 2 && said.err.contains(with), "{with}: {}{}", said.out, said.err);
        }
        assert_eq!(fs::read_to_string(room.path("j")).expect("the journal"), text, "it is left as it is");
    }
}

#[test]
fn a_torn_last_line_is_dropped_with_a_word_and_the_run_goes_on() {
    let room = Room::new(HOST);
    room.begun();
    let whole = fs::read(room.path("j")).expect("the journal");
    let torn = &whole[..whole.len() - 40];
    fs::write(room.path("j"), torn).expect("written");
    let said = room.say(&["status", "j"]);
    assert!(said.out.contains("The last line is torn and does not count"), "{}", said.out);
    let said = room.resume();
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    assert!(said.err.contains("the last line of the journal was torn and is dropped"), "{}", said.err);
    let said = room.say(&["status", "j"]);
    assert!(said.status == 0 && !said.out.contains("torn"), "{}", said.out);
}

#[test]
fn a_journal_that_is_not_there_is_empty_or_is_none() {
    let room = Room::new(HOST);
    let said = room.resume();
    assert!(said.status == 2 && said.err.contains("there is no journal"), "{}", said.err);
    File::create(room.path("j")).expect("made");
    let said = room.resume();
    assert!(said.status == 2 && said.err.contains("holds no record: nothing was begun"), "{}", said.err);
    let said = room.say(&["status"]);
    assert!(said.status == 2 && said.err.contains("there is no journal in this folder"), "{}", said.err);
    fs::create_dir(room.path("k")).expect("made");
    let said = room.say(&["apply", "plan.json", "--on", "snapshot.json", "--execute", "--journal", "k"]);
    assert_eq!(said.status, 2, "{}", said.err);
    // An empty one, such as a crash leaves right at the beginning, is begun anew.
    room.begun();
}

#[test]
fn a_plan_that_was_changed_since_the_run_was_begun() {
    let room = Room::new(HOST);
    room.begun();
    room.change("plan.json", |json| json["minutes"] = 1.into());
    let said = room.resume();
    assert!(said.status == 2 && said.err.contains("the plan was changed since the run was begun"), "{}", said.err);
}

#[test]
fn a_rehearsal_and_a_run_on_a_server_are_not_mixed() {
    let room = Room::new(HOST);
    room.begun();
    let said = room.say(&["resume", "j"]);
    assert!(said.status == 2 && said.err.contains("is of a rehearsal"), "{}", said.err);
}

#[cfg(unix)]
#[test]
fn a_full_disk_stops_the_run_before_the_step_or_right_after_it() {
    let room = Room::new(HOST);
    room.begun();
    let whole = fs::read(room.path("j")).expect("the journal").len() as u64;
    for limit in (512..whole).step_by(512) {
        fs::remove_file(room.path("j")).expect("removed");
        // A limit on the size of files is met as a full disk is.
        let blocks = limit / 512;
        let line = format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec {} apply plan.json --on snapshot.json --execute --journal j",
            env!("CARGO_BIN_EXE_cutover")
        );
        let output = Command::new("sh").args(["-c", &line]).current_dir(room.folder.path()).output().expect("runs");
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{limit}: {said}");
        assert!(said.contains("the journal cannot be written"), "{limit}: {said}");
        let record = said.contains("was not begun") || said.contains("was carried out, and that could not be recorded");
        let left = fs::read_to_string(room.path("j")).expect("the journal");
        assert!(record || left.is_empty() || !said.contains("the step"), "{limit}: {said}");
        assert!(left.is_empty() || left.ends_with('\n'), "{limit}: no torn line is left");
        // With room again the run goes on.
        if !left.is_empty() {
            let said = room.resume();
            assert_eq!(said.status, 0, "{limit}: {}{}", said.out, said.err);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_folder_in_which_no_journal_can_be_written() {
    use std::os::unix::fs::PermissionsExt;
    let room = Room::new(HOST);
    // Whoever may write everywhere still may not write there.
    let said = room.say(&["apply", "plan.json", "--on", "snapshot.json", "--execute", "--journal", "/proc/cutover.journal"]);
    assert!(said.status == 2 && said.err.contains("the journal cannot be written"), "{}", said.err);
    fs::create_dir(room.path("closed")).expect("made");
    fs::set_permissions(room.path("closed"), fs::Permissions::from_mode(0o555)).expect("closed");
    let is_closed = File::create(room.path("closed/try")).is_err();
    let said = room.say(&["apply", "plan.json", "--on", "snapshot.json", "--execute", "--journal", "closed/j"]);
    assert!(!is_closed || said.status == 2 && said.err.contains("the journal cannot be written"), "{}", said.err);
}
