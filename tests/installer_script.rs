//! The command line of the vendor's installer script, word for word.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::process::Command;

fn text_of(host: &str, more: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_cutover"))
        .args(["plan", "fixtures/estate.ndjson", "--parameters", "fixtures/estate.yaml", "--host", host])
        .args(more)
        .output()
        .expect("runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

const REMOVE: &str = " -RemoveMMA 7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917";
const ONBOARD: &str = r#" -OnboardingScript ".\WindowsDefenderATPOnboardingScript.cmd""#;

#[test]
fn it_removes_the_workspace_and_onboards() {
    let text = text_of("mma-ready-2012r2.corp.example", &[]);
    assert!(text.contains(&format!("\n  .\\install.ps1{REMOVE}{ONBOARD}\n")), "{text}");
    assert!(text.contains("\n  Do after it: assign-policies\n"), "{text}");
}

#[test]
fn it_is_passive_beside_an_active_third_party_product() {
    let text = text_of("av-ready-2012r2.corp.example", &[]);
    assert!(text.contains(&format!("\n  .\\install.ps1{REMOVE}{ONBOARD} -Passive\n")), "{text}");
    assert!(text.contains("set-passive-policy\n"), "the policy has to be there before the script runs: {text}");
}

#[test]
fn it_leaves_the_workspace_out_where_there_is_none() {
    let text = text_of("half-way-exit12-2012r2.corp.example", &[]);
    assert!(text.contains(&format!("\n  .\\install.ps1{ONBOARD}\n")), "{text}");
}

#[test]
fn it_is_not_offered_where_it_does_not_carry_the_plan_out() {
    for host in ["mma-done-2016.corp.example", "scep-package-missing-2016.corp.example", "azure-vm-ready-2016.corp.example"] {
        assert!(!text_of(host, &[]).contains("install.ps1"), "{host}");
    }
    assert!(!text_of("attach-ready-2016.corp.example", &["--scenario", "mecm-to-defender-attach"]).contains("install.ps1"));
}
