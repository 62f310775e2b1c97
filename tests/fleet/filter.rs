//! `plan -` as a filter: a line in, its plan out.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const ESTATE: &str = include_str!("../../fixtures/estate.ndjson");

fn cutover(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(arguments)
        .env_remove("CUTOVER_CATALOG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("runs")
}

/// Exit status, standard output and standard error, with this on standard input.
fn answered(arguments: &[&str], input: &str) -> (i32, String, String) {
    let mut child = cutover(arguments);
    let mut stdin = child.stdin.take().expect("its input");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().expect("ends");
    writer.join().expect("written");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("a status"), text(output.stdout), text(output.stderr))
}

const FILTER: [&str; 6] = ["plan", "-", "--format", "ndjson", "--parameters", "fixtures/estate.yaml"];

#[test]
fn its_answers_are_those_of_the_file() {
    let file = ["plan", "fixtures/estate.ndjson", "--format", "ndjson", "--parameters", "fixtures/estate.yaml"];
    let (status, plans, _) = answered(&file, "");
    assert_eq!(answered(&FILTER, ESTATE), (status, plans.clone(), String::new()));
    // The second half is answered from what is remembered, under other names.
    let renamed = ESTATE.replace(".corp.example", ".other.example");
    let twice = plans.clone() + &plans.replace(".corp.example", ".other.example");
    assert_eq!(answered(&FILTER, &(ESTATE.to_owned() + &renamed)), (status, twice, String::new()));
}

#[test]
fn a_slow_producer_sees_each_answer_before_it_sends_the_next_line() {
    let mut child = cutover(&FILTER);
    let mut stdin = child.stdin.take().expect("its input");
    let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
    for line in ESTATE.lines().take(3) {
        stdin.write_all(line.as_bytes()).expect("written");
        stdin.write_all(b"\n").expect("written");
        // This would wait for ever if the answer were kept back.
        let mut answer = String::new();
        stdout.read_line(&mut answer).expect("read");
        let (asked, answered): (serde_json::Value, serde_json::Value) =
            (serde_json::from_str(line).expect("JSON"), serde_json::from_str(&answer).expect("JSON"));
        assert_eq!(asked["host"], answered["host"]);
    }
    drop(stdin);
    assert!(child.wait().expect("ends").code().is_some());
}

#[test]
fn the_same_server_may_come_again() {
    let line = ESTATE.lines().next().expect("a server");
    let (status, plans, told) = answered(&FILTER, &format!("{line}\n{line}\n"));
    let lines: Vec<&str> = plans.lines().collect();
    assert_eq!((status, lines.len(), told.as_str()), (0, 2, ""));
    assert_eq!(lines[0], lines[1]);
}

#[test]
fn it_stops_at_a_bad_line_or_goes_on_past_it() {
    let lines: Vec<&str> = ESTATE.lines().take(3).collect();
    let input = [lines[0], "{", lines[1], "", lines[2]].join("\n");
    let (status, plans, told) = answered(&FILTER, &input);
    assert_eq!((status, plans.lines().count()), (2, 1));
    assert!(told.contains("<standard input>:2:"), "{told}");
    let (status, plans, told) = answered(&[&FILTER[..], &["--keep-going"]].concat(), &input);
    assert_eq!((status, plans.lines().count()), (2, 3));
    assert!(told.contains("<standard input>:2:"), "{told}");
    // A contradicted assumption is told at its line.
    let (status, plans, told) = answered(&[&FILTER[..], &["--assume", "os.release=2016", "--keep-going"]].concat(), &input);
    assert_eq!(status, 2);
    assert!(plans.lines().count() < 3 && told.contains("`os.release` is assumed to be 2016"), "{told}");
}

#[test]
fn nothing_on_standard_input_is_no_answer() {
    let (status, plans, told) = answered(&FILTER, "\n\n");
    assert_eq!((status, plans.as_str()), (2, ""));
    assert!(told.contains("holds no snapshot"), "{told}");
}

#[test]
fn it_ends_quietly_where_nobody_reads_any_further() {
    let mut child = cutover(&FILTER);
    let mut stdin = child.stdin.take().expect("its input");
    let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
    let writer = std::thread::spawn(move || {
        // Until the other end is closed.
        for _ in 0..100 {
            if stdin.write_all(ESTATE.as_bytes()).is_err() {
                break;
            }
        }
    });
    let mut first = String::new();
    stdout.read_line(&mut first).expect("read");
    drop(stdout);
    let mut told = String::new();
    child.stderr.take().expect("its errors").read_to_string(&mut told).expect("read");
    assert_ne!(child.wait().expect("ends").code(), Some(2));
    assert_eq!(told, "");
    writer.join().expect("ends");
}

#[test]
fn only_some_answers_are_written_where_only_some_are_wanted() {
    let (status, plans, _) = answered(&[&FILTER[..], &["--only", "blocked"]].concat(), ESTATE);
    assert_eq!(status, 1);
    assert!(plans.lines().count() > 0 && plans.lines().all(|line| line.contains(r#""status":"blocked""#)));
}

#[test]
fn memory_stays_the_same_however_many_lines_come() {
    if !cfg!(target_os = "linux") {
        eprintln!("skipped: the memory of a process is read from /proc");
        return;
    }
    let mut child = cutover(&FILTER);
    let status = format!("/proc/{}/status", child.id());
    let mut stdin = child.stdin.take().expect("its input");
    let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
    // Three servers over and over: what differs is only how many.
    let some: String = ESTATE.lines().take(3).fold(String::new(), |some, line| some + line + "\n");
    let mut peaks = Vec::new();
    for _ in 0..2 {
        for _ in 0..60 {
            stdin.write_all(some.as_bytes()).expect("written");
            for _ in 0..3 {
                stdout.read_line(&mut String::new()).expect("read");
            }
        }
        let read = std::fs::read_to_string(&status).expect("its status");
        let peak = read.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        peaks.push(peak.expect("a peak"));
    }
    drop(stdin);
    std::thread::sleep(Duration::from_millis(1));
    child.wait().expect("ends");
    assert!(peaks[1] <= peaks[0] + 1024, "{peaks:?} KiB");
}
