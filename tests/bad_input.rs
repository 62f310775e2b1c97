//! Bad input is answered with its place, what was expected and what to do; it exits 2 and answers nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

struct Answer {
    status: i32,
    stdout: String,
    stderr: String,
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().expect("an exit status"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

fn cutover(arguments: &[&str]) -> Answer {
    Command::new(env!("CARGO_BIN_EXE_cutover")).args(arguments).env_remove("CUTOVER_CATALOG").output().expect("runs").into()
}

fn folder() -> TempDir {
    TempDir::new().expect("a folder")
}

fn file(folder: &TempDir, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("written");
    path
}

fn plan(path: &Path) -> Answer {
    cutover(&["plan", path.to_str().expect("UTF-8")])
}

fn snapshot(host: &str, facts: &str) -> String {
    format!(r#"{{"schema":"cutover/snapshot/v1","host":"{host}","facts":{{{facts}}}}}"#)
}

/// The question was wrong: exit 2, no answer, and the place and the words on standard error.
fn refused(answer: &Answer, words: &[&str]) {
    assert_eq!(answer.status, 2, "{}", answer.stderr);
    assert_eq!(answer.stdout, "", "nothing may be answered");
    for word in words {
        assert!(answer.stderr.contains(word), "`{word}` is not in:\n{}", answer.stderr);
    }
}

#[test]
fn broken_json_deep_in_a_file_is_found_at_its_line_and_answers_nothing() {
    let folder = folder();
    let mut lines = String::new();
    for number in 1..=40_300 {
        if number == 40_217 {
            lines.push_str("{\"schema\":\"cutover/snapshot/v1\",\"host\":\"broken\",\"facts\":{\"os.x64\":tru}}\n");
        } else {
            let _ = writeln!(lines, "{}", snapshot(&format!("srv{number}"), r#""os.release":"2016""#));
        }
    }
    let path = file(&folder, "big.ndjson", lines);
    refused(&plan(&path), &["big.ndjson:40217:70:", "expected ident", "near:"]);
}

#[test]
fn a_fact_of_the_wrong_type_says_what_was_expected() {
    let folder = folder();
    let path = file(&folder, "one.json", snapshot("a", r#""scep.installed":"yes""#));
    refused(&plan(&path), &["one.json:1:", "`scep.installed`: expected true or false, found `yes`"]);
    let path = file(&folder, "two.json", snapshot("a", r#""os.build":6.3"#));
    refused(&plan(&path), &["`os.build`: expected a version as text"]);
    let path = file(&folder, "three.json", snapshot("a", r#""mma.workspaces":null"#));
    refused(&plan(&path), &["`mma.workspaces`: expected a list of texts, found nothing", "under `unknown`"]);
}

#[test]
fn a_choice_that_does_not_exist_gets_a_suggestion() {
    let folder = folder();
    let path = file(&folder, "one.json", snapshot("a", r#""os.release":"2012R2""#));
    refused(&plan(&path), &["`os.release`", "did you mean `2012r2`?"]);
}

#[test]
fn an_unknown_fact_gets_a_suggestion_and_one_of_your_own_is_left_aside() {
    let folder = folder();
    let path = file(&folder, "one.json", snapshot("a", r#""scep.instaled":true"#));
    refused(&plan(&path), &["there is no fact `scep.instaled`; did you mean `scep.installed`?"]);
    let path = file(&folder, "two.json", snapshot("a", r#""x.owner":{"team":["a"]},"os.release":"2019""#));
    assert_eq!(plan(&path).status, 3);
}

#[test]
fn the_same_server_twice_names_both_lines() {
    let folder = folder();
    let facts = r#""os.release":"2016""#;
    let text = [snapshot("SRV1", facts), snapshot("srv2", facts), snapshot("srv1", facts)].join("\n");
    let path = file(&folder, "twice.ndjson", text);
    refused(&plan(&path), &["twice.ndjson:3:1:", "`srv1` is there twice", "twice.ndjson:1"]);
}

#[test]
fn an_empty_file_is_never_all_good() {
    let folder = folder();
    for name in ["empty.ndjson", "empty.json", "empty.yaml"] {
        refused(&plan(&file(&folder, name, "\n  \n")), &[name, "holds no snapshot", "cut off"]);
    }
    refused(&plan(folder.path().join("missing.json").as_path()), &["missing.json", "cannot be read"]);
}

#[test]
fn a_folder_without_snapshots_is_refused_and_one_with_them_is_read() {
    let folder = folder();
    file(&folder, "notes.txt", "hello");
    refused(
        &plan(folder.path()),
        &["notes.txt:1: has columns of no export that is known; passed over", "no snapshot and no export"],
    );
    file(&folder, "one.json", snapshot("a", r#""os.release":"2019""#));
    assert_eq!(plan(folder.path()).status, 3);
    let answer =
        cutover(&["plan", folder.path().join("one.json").to_str().unwrap(), "--parameters", folder.path().to_str().unwrap()]);
    refused(&answer, &["is a directory"]);
}

#[test]
fn a_parameter_of_the_wrong_type_or_name_is_refused() {
    let folder = folder();
    let path = file(&folder, "one.json", snapshot("a", r#""os.release":"2016""#));
    let path = path.to_str().unwrap();
    refused(&cutover(&["plan", path, "--set", "workspace_id=abc"]), &["`workspace_id`", "a GUID", "`abc`"]);
    refused(&cutover(&["plan", path, "--set", "replace_third_party=yes"]), &["true or false"]);
    refused(&cutover(&["plan", path, "--set", "worksapce_id=abc"]), &["did you mean `workspace_id`?"]);
    let bad = file(&folder, "bad.yaml", "parameters:\n  minimum_platform: high\n");
    refused(&cutover(&["plan", path, "--parameters", bad.to_str().unwrap()]), &["bad.yaml:2:21:", "a version of"]);
    let bad = file(&folder, "worse.yaml", "parameters: {}\nasume: { mecm.client: true }\n");
    refused(&cutover(&["plan", path, "--parameters", bad.to_str().unwrap()]), &["worse.yaml:2:1:", "unexpected key `asume`"]);
}

#[test]
fn an_assumption_that_a_source_contradicts_names_both() {
    let folder = folder();
    let text = [snapshot("a", r#""os.release":"2016""#), snapshot("b", r#""mecm.client":false"#)].join("\n");
    let path = file(&folder, "two.ndjson", text);
    let answer = cutover(&["plan", path.to_str().unwrap(), "--assume", "mecm.client=true"]);
    refused(&answer, &["two.ndjson:2:1:", "`mecm.client` is assumed to be true, but the source says false of the server `b`"]);
}

#[test]
fn utf_16_is_named_and_the_remedy_given() {
    let folder = folder();
    let text = snapshot("a", r#""os.release":"2016""#);
    let mut wide = vec![0xff, 0xfe];
    wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    refused(&plan(&file(&folder, "wide.ndjson", &wide)), &["wide.ndjson", "found UTF-16", "save the file as UTF-8"]);
    // PowerShell sends what a command prints into a file as UTF-16 with a mark.
    assert_eq!(plan(&file(&folder, "wide.json", &wide)).status, 3);
    assert_eq!(plan(&file(&folder, "wide.yaml", &wide)).status, 3);
    refused(&plan(&file(&folder, "cut.json", &wide[..wide.len() - 1])), &["cut.json", "found UTF-16"]);
    let mut marked = b"\xef\xbb\xbf".to_vec();
    marked.extend(text.as_bytes());
    assert_eq!(plan(&file(&folder, "marked.json", marked)).status, 3, "a byte order mark of UTF-8 is no error");
}

#[test]
fn bytes_that_are_no_text_are_found_at_their_column() {
    let folder = folder();
    let path = file(&folder, "bytes.ndjson", b"{\"schema\":\"\xff\"}\n");
    refused(&plan(&path), &["bytes.ndjson:1:12:", "a byte that is not"]);
}

#[test]
fn a_line_of_two_gigabytes_is_refused_without_being_held() {
    let folder = folder();
    let path = folder.path().join("long.ndjson");
    File::create(&path).unwrap().set_len(2 << 30).unwrap();
    let limited = format!("ulimit -v 1000000; exec '{}' plan '{}'", env!("CARGO_BIN_EXE_cutover"), path.display());
    let answer: Answer = Command::new("sh").args(["-c", &limited]).output().expect("runs").into();
    refused(&answer, &["long.ndjson:1:1:", "longer than 16 MiB"]);
}

#[test]
fn yaml_that_nests_or_repeats_without_end_is_refused() {
    let folder = folder();
    let mut deep = String::from("facts: ");
    deep.push_str(&"[".repeat(100_000));
    refused(&plan(&file(&folder, "deep.yaml", deep)), &["deep.yaml:1:"]);
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let _ = writeln!(bomb, "a{level}: &a{level} [{}]", vec![format!("*a{}", level - 1); 9].join(", "));
    }
    refused(&plan(&file(&folder, "bomb.yaml", bomb)), &["bomb.yaml:"]);
    let nested = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    refused(&plan(&file(&folder, "deep.json", snapshot("a", &format!(r#""mma.workspaces":{nested}"#)))), &["deep.json:1:"]);
}

#[test]
fn what_is_no_yaml_is_found_at_its_line_and_column() {
    let folder = folder();
    for (text, place, words) in [
        ("schema: cutover/snapshot/v1\nfacts:\n  os.release: [\n", "3:15", "unclosed bracket"),
        ("schema: cutover/snapshot/v1\nhost: a\nhost: b\n", "3:1", "duplicate mapping key: host\n"),
        ("schema: é\n  bad: y\n", "2:6", "mapping values are not allowed"),
        ("a: &x 1\nb: 2\n", "1:7", "anchors and aliases are not read"),
        ("a: 1\n---\nb: 2\n", "3:1", "multiple YAML documents detected\n"),
    ] {
        let path = file(&folder, "server.yaml", text);
        refused(&plan(&path), &[&format!("server.yaml:{place}: "), words]);
    }
}

#[test]
fn a_document_of_another_kind_is_refused() {
    let folder = folder();
    refused(&plan(&file(&folder, "a.json", "[1, 2]")), &["a.json, row 1:", "expected an object"]);
    refused(&plan(&file(&folder, "b.json", r#"{"host":"a","facts":{}}"#)), &["`schema`"]);
    refused(
        &plan(&file(&folder, "c.json", r#"{"schema":"cutover/snapshot/v2","host":"a","facts":{}}"#)),
        &["cutover/snapshot/v1"],
    );
    refused(&plan(&file(&folder, "d.json", r#"{"schema":"cutover/snapshot/v1","facts":{}}"#)), &["`host`"]);
    let twice = snapshot("a", r#""os.x64":true,"os.x64":false"#);
    refused(&plan(&file(&folder, "e.json", twice)), &["`os.x64` is given twice"]);
    refused(&plan(&file(&folder, "f.txt", "x")), &["f.txt:1:", "no export that is known", "--mapping"]);
    let both = r#"{"schema":"cutover/snapshot/v1","host":"a","facts":{"os.x64":true},"unknown":{"os.x64":"denied"}}"#;
    refused(&plan(&file(&folder, "g.json", both)), &["both as known and as unknown"]);
    refused(
        &plan(&file(&folder, "h.yaml", "schema: cutover/snapshot/v1\nhost: a\nfacts:\n  os.x64: maybe\n")),
        &["h.yaml:4:11:"],
    );
}

#[test]
fn keep_going_reports_bad_lines_answers_the_others_and_ends_with_2() {
    let folder = folder();
    let facts = r#""os.release":"2016""#;
    let text = [snapshot("a", facts), "{".to_owned(), snapshot("b", facts)].join("\n");
    let path = file(&folder, "mixed.ndjson", text);
    let answer = cutover(&["plan", path.to_str().unwrap(), "--keep-going", "--format", "ndjson"]);
    assert_eq!(answer.status, 2);
    assert_eq!(answer.stdout.lines().count(), 2);
    assert!(answer.stderr.contains("mixed.ndjson:2:"), "{}", answer.stderr);
}

#[test]
fn on_standard_input_answers_already_given_stand() {
    let text = [snapshot("a", r#""os.release":"2016""#), "{".to_owned(), snapshot("b", "")].join("\n");
    let mut child = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(["plan", "-", "--format", "ndjson"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs");
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let answer: Answer = child.wait_with_output().unwrap().into();
    assert_eq!(answer.status, 2);
    assert_eq!(answer.stdout.lines().count(), 1);
    assert!(answer.stderr.contains("<standard input>:2:"), "{}", answer.stderr);
}

#[test]
fn a_hostile_host_name_steers_nothing_in_any_format() {
    let folder = folder();
    let name = r"evil\u001b[2J\u009b31m\u202e<script>|`x`";
    let reason = r"\u001b]0;owned\u0007";
    let text = format!(
        r#"{{"schema":"cutover/snapshot/v1","host":"{name}","facts":{{"os.release":"2016","sense.org":"{reason}"}},"unknown":{{"os.x64":"{reason}"}}}}"#
    );
    let path = file(&folder, "evil.json", text);
    for format in ["text", "json", "ndjson", "markdown"] {
        let answer = cutover(&["plan", path.to_str().unwrap(), "--format", format]);
        let steering = |character: char| character.is_control() && character != '\n' || matches!(character, '\u{202e}');
        assert!(!answer.stdout.chars().any(steering), "{format}: {:?}", answer.stdout);
        if format == "markdown" {
            assert!(!answer.stdout.contains("<script>"));
        }
    }
    let answer = cutover(&["plan", path.to_str().unwrap(), "--host", "evl"]);
    assert!(!answer.stderr.contains('\u{1b}'), "{:?}", answer.stderr);
}

#[test]
fn a_result_is_written_whole_or_not_at_all() {
    let folder = folder();
    let path = file(&folder, "one.json", snapshot("a", r#""os.release":"2019""#));
    let out = folder.path().join("plan.json");
    let answer = cutover(&["plan", path.to_str().unwrap(), "--format", "json", "-o", out.to_str().unwrap()]);
    assert_eq!((answer.status, answer.stdout.as_str()), (3, ""));
    let written: serde_json::Value = serde_json::from_str(&fs::read_to_string(&out).unwrap()).unwrap();
    assert_eq!(written["host"], "a");
    let nowhere = folder.path().join("no/such/plan.json");
    refused(&cutover(&["plan", path.to_str().unwrap(), "-o", nowhere.to_str().unwrap()]), &["cannot be written"]);
}

#[cfg(unix)]
#[test]
fn an_output_that_is_a_link_or_a_device_stays_one() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (file, link, pipe) = (folder.path().join("graph.dot"), folder.path().join("link.dot"), folder.path().join("pipe"));
    let graph = |out: &std::path::Path| {
        let answer = cutover(&["scenarios", "graph", "standalone-mma", "--format", "dot", "-o", out.to_str().unwrap()]);
        assert_eq!((answer.status, answer.stderr.as_str()), (0, ""));
    };
    std::fs::write(&file, "old").unwrap();
    symlink(&file, &link).unwrap();
    graph(&link);
    assert!(link.is_symlink());
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(written.starts_with("digraph"), "{written}");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o400, 0o400);
    // A pipe is as good as a device, and nothing that others need is risked.
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).unwrap()
    });
    graph(&pipe);
    assert_eq!(reader.join().unwrap(), written);
    assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo());
}

#[test]
fn several_sources_are_read_together_and_a_server_may_be_in_one_of_them_only() {
    let folder = folder();
    let facts = r#""os.release":"2019","mecm.client":false,"third_party.products":[],"azure.defender_plan":"none""#;
    let one = file(&folder, "one.json", snapshot("srv1", facts));
    let two = file(&folder, "two.ndjson", snapshot("srv2", facts));
    let again = file(&folder, "again.json", snapshot("SRV1", facts));
    let answer = cutover(&["plan", one.to_str().unwrap(), two.to_str().unwrap()]);
    assert!(answer.stdout.contains("srv1") && answer.stdout.contains("srv2"), "{}", answer.stdout);
    assert_eq!(answer.status, 0, "no scenario is for either, which does not count among many");
    let twice = cutover(&["plan", one.to_str().unwrap(), two.to_str().unwrap(), again.to_str().unwrap()]);
    refused(&twice, &["again.json:1:1:", "`SRV1` is there twice", "one.json:1"]);
    refused(&cutover(&["plan"]), &["<FACTS>"]);
}

#[test]
fn a_bad_file_beside_standard_input_answers_nothing() {
    let folder = folder();
    let facts = r#""os.release":"2019""#;
    let bad = file(&folder, "bad.ndjson", format!("{}\n{{bad", snapshot("b", facts)));
    for arguments in [["plan", bad.to_str().unwrap(), "-"], ["plan", "-", bad.to_str().unwrap()]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cutover"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs");
        let mut stdin = child.stdin.take().expect("its input");
        // The first of the two never reads it.
        let _ = stdin.write_all(snapshot("a", facts).as_bytes());
        drop(stdin);
        refused(&Answer::from(child.wait_with_output().expect("ends")), &["bad.ndjson:2:2:"]);
    }
}
