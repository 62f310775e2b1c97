//! The job of docs/engines.md on a local cluster, where there is one.

use crate::common::Desk;
use std::process::{Command, Stdio};

fn is_there(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// The job as the documentation shows it.
fn job() -> String {
    let page = include_str!("../../docs/engines.md");
    let job = page.split("```python\n").nth(1).expect("a job").split("```").next().expect("its end");
    job.to_owned()
}

#[test]
fn the_job_comes_to_what_one_process_says_of_all() {
    for (what, program, arguments) in [("Java", "java", &["-version"][..]), ("PySpark", "python3", &["-c", "import pyspark"])] {
        if !is_there(program, arguments) {
            eprintln!("skipped: {what} is missing, so that no local cluster can run the job of docs/engines.md");
            return;
        }
    }
    let desk = Desk::new();
    desk.put("estate.ndjson", include_str!("../../fixtures/estate.ndjson"));
    desk.put("estate.yaml", include_str!("../../fixtures/estate.yaml"));
    desk.put("job.py", job());
    let whole = desk.run(&["plan", "estate.ndjson", "--parameters", "estate.yaml", "--summary", "--format", "json"]);
    let output = Command::new("python3")
        .args(["job.py", "estate.ndjson", "parts.json", "--parameters", "estate.yaml"])
        .current_dir(desk.path("."))
        .env("CUTOVER", env!("CARGO_BIN_EXE_cutover"))
        .env("SPARK_LOCAL_IP", "127.0.0.1")
        .output()
        .expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let merged = desk.run(&["fleet", "merge", "parts.json", "--format", "json"]);
    assert_eq!(merged.stdout, whole.stdout, "{}", merged.stderr);
}
