//! `cutover verify`: a plan that holds, one thing of it broken, and exactly the findings that follow.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::{Desk, Said, lines, recorded};
use serde_json::{Value as Json, json};

const SERVER: &str = "mma-ready-2012r2";
const HOST: &str = "mma-ready-2012r2.corp.example";

/// A plan for a server that still has SCEP and the old sensor. Without antivirus it is from the removal of SCEP to the
/// installation: a restart of 10 minutes, if one is needed, and 5 minutes of installing.
const PLAN: &str = "schema: cutover/plan/v1
scenario: standalone-mma
host: mma-ready-2012r2.corp.example
parameters:
  workspace_id: 7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917
budget: { restarts: 2, antivirus-gap: { minutes: 15, reboots: 1, steps: 2 } }
steps:
  - remove-mma-workspace
  - uninstall-scep
  - restart-again
  - install-mde
  - apply-updates
  - restart-last
  - onboard
  - assign-policies
";

/// Verifies a plan for servers.
fn verify(plan: &str, servers: &[Json]) -> Said {
    verify_all(&[("plan.yaml", plan)], servers, &[])
}

fn verify_all(plans: &[(&str, &str)], servers: &[Json], more: &[&str]) -> Said {
    let desk = Desk::new();
    for (name, plan) in plans {
        desk.put(name, plan);
    }
    desk.put("facts.ndjson", lines(servers));
    let names = plans.iter().map(|(name, _)| *name);
    let arguments: Vec<&str> = ["verify"].into_iter().chain(names).collect();
    desk.run(&[&arguments[..], &["--facts", "facts.ndjson", "--format", "json"], more].concat())
}

/// The findings as `code line:column`, those that are not known with a question mark and notes with an `i` before.
fn findings(said: &Said) -> Vec<String> {
    let json = said.json();
    let one = |finding: &Json| {
        let mark = match finding["severity"].as_str() {
            Some("violated") => "",
            Some("not_known") => "?",
            _ => "i ",
        };
        format!("{mark}{} {}:{}", finding["code"].as_str().expect("a code"), finding["line"], finding["column"])
    };
    json["findings"].as_array().expect("findings").iter().map(one).collect()
}

fn finding(said: &Said, code: &str) -> Json {
    let json = said.json();
    let all = json["findings"].as_array().expect("findings");
    all.iter().find(|finding| finding["code"] == code).unwrap_or_else(|| panic!("no {code} in {json:#}")).clone()
}

/// The plan with one part of it replaced.
fn broken(from: &str, to: &str) -> String {
    assert_eq!(PLAN.matches(from).count(), 1, "{from}");
    PLAN.replace(from, to)
}

#[test]
fn a_plan_that_holds_is_a_yes() {
    let said = verify(PLAN, &[recorded(SERVER, &[])]);
    assert_eq!((said.status, findings(&said)), (0, vec![]));
    let json = said.json();
    assert_eq!(json["verdict"], "holds");
    let expected = json!([{
        "file": "plan.yaml", "line": 1, "scenario": "standalone-mma", "host": HOST, "verdict": "holds",
        "servers": [{ "host": HOST, "verdict": "holds" }],
    }]);
    assert_eq!(json["plans"], expected);
    assert_eq!(json["totals"], json!({ "plans": 1, "servers": 1, "holds": 1, "violated": 0, "not_known": 0, "findings": 0 }));
}

#[test]
fn any_order_that_keeps_the_edges_holds() {
    // Policies wait for nothing.
    let other = broken("  - assign-policies\n", "").replace("steps:\n", "steps:\n  - assign-policies\n");
    let said = verify(&other, &[recorded(SERVER, &[])]);
    assert_eq!((said.status, findings(&said)), (0, vec![]));
}

#[test]
fn a_misspelt_scenario_gets_a_suggestion_and_nothing_else_is_looked_at() {
    let said = verify(&broken("standalone-mma", "standalone-mna"), &[recorded(SERVER, &[])]);
    assert_eq!((said.status, findings(&said)), (1, vec!["plan-unknown-scenario 2:11".to_owned()]));
    assert_eq!(finding(&said, "plan-unknown-scenario")["help"], "did you mean `standalone-mma`?");
}

#[test]
fn a_step_above_one_that_it_follows_names_both_and_the_reason() {
    let plan = broken("  - restart-again\n  - install-mde\n", "  - install-mde\n  - restart-again\n");
    let said = verify(&plan, &[recorded(SERVER, &[])]);
    // Before the restart nobody knows whether one is pending, and the package must not meet one.
    assert_eq!((said.status, findings(&said)), (1, vec!["plan-order 10:5".to_owned(), "?plan-not-known 10:5".to_owned()]));
    let order = finding(&said, "plan-order");
    assert_eq!(
        order["message"],
        "`install-mde` stands before `restart-again`, which it follows (technical: on 2012 R2 it wants its updates effective and \
         SCEP gone)"
    );
    assert_eq!(order["expected"], "below `restart-again`, which is at line 11, column 5");
    assert_eq!((&order["step"], &order["hosts"]), (&json!("install-mde"), &json!([])));
    let open = finding(&said, "plan-not-known");
    assert_eq!(
        (&open["hosts"], &open["help"]),
        (&json!([HOST]), &json!("an earlier step may change it: look just before the step"))
    );
}

#[test]
fn edges_hold_through_steps_that_are_not_listed() {
    // The updates, the last restart (by way of clear-passive-policy) and onboard follow install-mde, and that restart-again.
    let plan = broken("  - restart-again\n  - install-mde\n", "").replace("  - onboard\n", "  - onboard\n  - restart-again\n");
    let said = verify(&plan, &[recorded(SERVER, &[])]);
    let order: Vec<String> = findings(&said).into_iter().filter(|finding| finding.starts_with("plan-order")).collect();
    assert_eq!(order, ["plan-order 10:5", "plan-order 11:5", "plan-order 12:5"]);
    assert!(finding(&said, "plan-order")["message"].as_str().unwrap().contains("by way of a step that is not listed"));
}

#[test]
fn a_step_that_is_not_listed_is_missed_where_it_is_needed() {
    let said = verify(&broken("  - onboard\n", ""), &[recorded(SERVER, &[])]);
    // Without it the plan also ends without its goal, which is said at the list.
    assert_eq!((said.status, findings(&said)), (1, vec!["plan-goal-missed 7:1".to_owned(), "plan-missing-step 14:5".to_owned()]));
    let missing = finding(&said, "plan-missing-step");
    assert_eq!(missing["message"], "the step `onboard` is missing, and is to be done here");
    assert_eq!(missing["expected"], "`onboard` between `restart-last` and `assign-policies`");
}

#[test]
fn a_step_that_every_server_leaves_out_need_not_be_listed_but_may_be() {
    let all = broken("steps:\n", "steps:\n  - restart-first\n  - update-windows\n  - enable-defender\n");
    let said = verify(&all, &[recorded(SERVER, &[])]);
    assert_eq!((said.status, findings(&said)), (0, vec![]));
    // On a server that waits for a restart the first step is needed.
    let said = verify(PLAN, &[recorded(SERVER, &[("reboot.pending", json!(true))])]);
    assert_eq!(findings(&said)[0], "plan-missing-step 8:5");
    assert_eq!(finding(&said, "plan-missing-step")["expected"], "`restart-first` above `remove-mma-workspace`");
    // Where nobody looked whether one is pending, it is too early to miss it. What the steps of the plan leave open is
    // theirs to answer for: whether the removal of SCEP needs a restart no fact of the server tells.
    let unread: &[(&str, Json)] = &[("reboot.pending", Json::Null), ("reboot.reasons", Json::Null)];
    let said = verify(PLAN, &[recorded(SERVER, unread)]);
    assert_eq!(said.status, 3, "{:?}", findings(&said));
    let missing = finding(&said, "plan-missing-step");
    assert_eq!(missing["severity"], "not_known");
    assert_eq!(missing["message"], "the step `restart-first` is missing, and is to be done here unless it is so already");
    let said = verify(&broken("  - restart-again\n", ""), &[recorded(SERVER, &[])]);
    assert_eq!(findings(&said), ["plan-missing-step 10:5", "?plan-not-known 10:5"]);
}

#[test]
fn a_step_that_does_not_exist_or_belongs_to_another_scenario_is_no_step() {
    let said = verify(&broken("  - onboard\n", "  - onbord\n  - onboard\n"), &[recorded(SERVER, &[])]);
    assert_eq!((said.status, findings(&said)), (1, vec!["plan-unknown-step 14:5".to_owned()]));
    assert_eq!(finding(&said, "plan-unknown-step")["help"], "did you mean `onboard`?");
    let said = verify(&broken("  - onboard\n", "  - deploy-application\n  - onboard\n"), &[recorded(SERVER, &[])]);
    assert_eq!(findings(&said), ["plan-unknown-step 14:5"]);
    assert_eq!(
        finding(&said, "plan-unknown-step")["message"],
        "`deploy-application` is a step of `mecm-scep`, `mecm-third-party-av`, and not of `standalone-mma`"
    );
}

#[test]
fn a_step_that_is_there_twice_names_the_first() {
    let said = verify(&broken("  - onboard\n", "  - onboard\n  - onboard\n"), &[recorded(SERVER, &[])]);
    assert_eq!((said.status, findings(&said)), (1, vec!["plan-step-twice 15:5".to_owned()]));
    assert!(finding(&said, "plan-step-twice")["message"].as_str().unwrap().ends_with("first at line 14, column 5"));
    let said = verify(&broken("  - onboard\n", "  - x\n  - x\n  - onboard\n"), &[recorded(SERVER, &[])]);
    assert_eq!(findings(&said), ["plan-unknown-step 14:5", "plan-step-twice 15:5"]);
}

#[test]
fn parameters_are_those_of_the_scenario_and_of_its_types() {
    let server = || [recorded(SERVER, &[])];
    let said = verify(&broken("  workspace_id: ", "  workspace: x\n  workspace_id: "), &server());
    assert_eq!((said.status, findings(&said)), (1, vec!["plan-unknown-parameter 5:3".to_owned()]));
    let unknown = finding(&said, "plan-unknown-parameter");
    assert_eq!((&unknown["help"], &unknown["parameter"]), (&json!("did you mean `workspace_id`?"), &json!("workspace")));
    assert_eq!(unknown["expected"], "one of workspace_id, minimum_platform, org_id, host_steps");
    let said = verify(&broken("  workspace_id: ", "  replace_third_party: true\n  workspace_id: "), &server());
    let foreign = finding(&said, "plan-unknown-parameter");
    assert!(foreign["help"].as_str().unwrap().contains("it is a parameter of `mecm-third-party-av`"), "{foreign}");
    let said = verify(&broken("7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917", "our-workspace"), &server());
    assert_eq!(findings(&said), ["plan-wrong-parameter 5:17"]);
    let message =
        "the parameter `workspace_id`: expected a GUID such as 3f6b2a10-0000-4000-8000-000000000000, found `our-workspace`";
    let wrong = finding(&said, "plan-wrong-parameter");
    assert_eq!((&wrong["message"], &wrong["parameter"]), (&json!(message), &json!("workspace_id")));
    // It leaves what is given besides as it is: the other tenant is still in the way.
    let other = ["--set", "org_id=00000000-58ab-4f3d-b6e2-91a7035fd8cc"];
    let wrong = broken("7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917", "our-workspace");
    let said = verify_all(&[("plan.yaml", &wrong)], &server(), &other);
    assert_eq!(findings(&said), ["plan-wrong-parameter 5:17", "plan-blocked 14:5"]);
    let said = verify(&broken("  workspace_id: 7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917\n", "  host_steps: console\n"), &server());
    assert_eq!(findings(&said), ["plan-missing-parameter 4:1"]);
    // What the plan leaves open the command line can give; what it gives counts.
    let plan = broken("parameters:\n  workspace_id: 7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917\n", "");
    let set = ["--set", "workspace_id=7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917"];
    assert_eq!(verify_all(&[("plan.yaml", &plan)], &server(), &set).status, 0);
    let own = broken("  workspace_id: ", "  org_id: c41d7e90-58ab-4f3d-b6e2-91a7035fd8cc\n  workspace_id: ");
    let other = ["--set", "org_id=00000000-58ab-4f3d-b6e2-91a7035fd8cc"];
    assert_eq!(verify_all(&[("plan.yaml", &own)], &server(), &other).status, 0);
    let said = verify_all(&[("plan.yaml", PLAN)], &server(), &other);
    assert_eq!(findings(&said)[0], "plan-blocked 14:5", "onboarding would go to another tenant");
}

#[test]
fn what_would_be_refused_is_said_at_the_step_with_the_remedy() {
    let said = verify(PLAN, &[recorded(SERVER, &[("policy.disable_antispyware", json!(true))])]);
    assert_eq!((said.status, findings(&said)), (1, vec!["plan-blocked 11:5".to_owned(), "plan-blocked 14:5".to_owned()]));
    let blocked = finding(&said, "plan-blocked");
    assert_eq!(
        (&blocked["message"], &blocked["expected"], &blocked["fact"]),
        (
            &json!("`install-mde` would be refused: policy.disable_antispyware is true, needs to be false"),
            &json!("policy.disable_antispyware = false"),
            &json!("policy.disable_antispyware")
        )
    );
    assert!(blocked["help"].as_str().unwrap().starts_with("Take DisableAntiSpyware"), "{blocked}");
}

#[test]
fn what_is_not_known_is_a_question_and_no_no() {
    let said = verify(PLAN, &[recorded(SERVER, &[("policy.disable_antispyware", Json::Null)])]);
    assert_eq!((said.status, findings(&said)), (3, vec!["?plan-not-known 11:5".to_owned(), "?plan-not-known 14:5".to_owned()]));
    assert_eq!(said.json()["verdict"], "not_known");
    let help = "find it out, or assume it for the whole estate with --assume policy.disable_antispyware=VALUE";
    assert_eq!(finding(&said, "plan-not-known")["help"], help);
    let totals = json!({ "plans": 1, "servers": 1, "holds": 0, "violated": 0, "not_known": 1, "findings": 2 });
    assert_eq!(said.json()["totals"], totals);
    let said = verify_all(
        &[("plan.yaml", PLAN)],
        &[recorded(SERVER, &[("policy.disable_antispyware", Json::Null)])],
        &["--assume", "policy.disable_antispyware=false"],
    );
    assert_eq!((said.status, findings(&said)), (0, vec![]));
    let said = verify(PLAN, &[recorded(SERVER, &[("os.release", Json::Null)])]);
    assert_eq!(said.status, 3);
    assert!(findings(&said).iter().all(|finding| finding.starts_with('?')), "{:?}", findings(&said));
    let undecided = finding(&said, "plan-undecided");
    assert_eq!(undecided["fact"], "os.release");
    assert!(undecided["message"].as_str().unwrap().starts_with("os.release decides whether the scenario supports this server, "));
}

#[test]
fn a_forbidden_state_is_said_at_the_step_that_makes_it() {
    // Another antivirus is active, and this scenario leaves it so.
    let server = recorded(SERVER, &[("third_party.antivirus", json!("active")), ("exclusions.mutual", json!(false))]);
    let said = verify(PLAN, &[server]);
    assert_eq!(said.status, 1);
    let forbidden = finding(&said, "plan-forbidden");
    assert_eq!((&forbidden["invariant"], &forbidden["line"]), (&json!("two-active-antivirus"), &json!(11)), "{:#}", said.json());
}

#[test]
fn budgets_are_held_to_what_may_happen() {
    let server = || [recorded(SERVER, &[])];
    for (from, to, line_and_column, message) in [
        ("restarts: 2", "restarts: 1", "6:21", "the plan has 2 restarts, of which 2 may not be needed, and the budget allows 1"),
        ("minutes: 15", "minutes: 14", "6:50", "antivirus-gap takes 15 minutes, and the budget allows 14"),
        ("reboots: 1", "reboots: 0", "6:63", "antivirus-gap has 1 restart inside, and the budget allows 0"),
        ("steps: 2", "steps: 1", "6:73", "antivirus-gap takes 2 steps, and the budget allows 1"),
    ] {
        let said = verify(&broken(from, to), &server());
        assert_eq!((said.status, findings(&said)), (1, vec![format!("plan-over-budget {line_and_column}")]));
        let over = finding(&said, "plan-over-budget");
        assert_eq!(over["message"], message);
        assert_eq!(over["invariant"], if message.starts_with("antivirus-gap") { json!("antivirus-gap") } else { Json::Null });
    }
    // The one restart that a migrated server waits for is certain.
    let waits = recorded("scep-done-2012r2", &[("reboot.pending", json!(true))]);
    let one = "schema: cutover/plan/v1\nscenario: mecm-scep\nbudget: { restarts: 0 }\nsteps: [restart-first]\n";
    let set = ["--set", "workspace_id=7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917"];
    let over = finding(&verify_all(&[("plan.yaml", one)], &[waits], &set), "plan-over-budget");
    assert_eq!(over["message"], "the plan has 1 restart, and the budget allows 0");
    // A gap that stays open has no end that a budget could be held to.
    let end = PLAN.find("  - restart-again").unwrap();
    let said = verify(&PLAN[..end], &server());
    let open = finding(&said, "plan-over-budget");
    assert_eq!(open["message"], "antivirus-gap opens after `uninstall-scep`, and no step of the plan closes it");
    assert_eq!((&open["line"], &open["column"]), (&json!(6), &json!(24)));
}

#[test]
fn what_nobody_looked_at_leaves_a_budget_open() {
    // Where the release is not known, steps of both may be needed, and how long the gap is nobody can say.
    let said = verify(PLAN, &[recorded(SERVER, &[("os.release", Json::Null)])]);
    let over = finding(&said, "plan-over-budget");
    assert_eq!((said.status, &over["severity"]), (3, &json!("not_known")));
    assert!(over["message"].as_str().unwrap().contains("with what is not known counted"), "{over}");
    // What is over it whatever turns out is over it.
    let said = verify(&broken("minutes: 15", "minutes: 4"), &[recorded(SERVER, &[("policy.disable_antispyware", Json::Null)])]);
    assert_eq!((said.status, &finding(&said, "plan-over-budget")["severity"]), (1, &json!("violated")));
    // So are restarts of steps that are done whatever that fact is, even where nobody knows whether they are needed.
    let said = verify(&broken("restarts: 2", "restarts: 1"), &[recorded(SERVER, &[("policy.disable_antispyware", Json::Null)])]);
    assert_eq!((said.status, &finding(&said, "plan-over-budget")["severity"]), (1, &json!("violated")));
}

#[test]
fn a_budget_is_for_an_exposure() {
    let said = verify(&broken("antivirus-gap:", "antivirus-gab:"), &[recorded(SERVER, &[])]);
    assert_eq!((said.status, findings(&said)), (1, vec!["plan-unknown-invariant 6:24".to_owned()]));
    let unknown = finding(&said, "plan-unknown-invariant");
    assert_eq!((&unknown["help"], &unknown["invariant"]), (&json!("did you mean `antivirus-gap`?"), &json!("antivirus-gab")));
    let said = verify(&broken("antivirus-gap:", "two-active-antivirus:"), &[recorded(SERVER, &[])]);
    assert!(finding(&said, "plan-unknown-invariant")["message"].as_str().unwrap().contains("is forbidden"));
}

#[test]
fn a_server_that_is_not_among_the_facts_gets_a_suggestion() {
    let said = verify(&broken("mma-ready-2012r2.corp", "mma-redy-2012r2.corp"), &[recorded(SERVER, &[])]);
    // And the server that is there has no plan.
    assert_eq!(
        (said.status, findings(&said)),
        (1, vec!["plan-unknown-host 3:7".to_owned(), "server-without-plan 1:1".to_owned()])
    );
    assert_eq!(finding(&said, "plan-unknown-host")["help"], format!("did you mean `{HOST}`?"));
    assert_eq!(finding(&said, "server-without-plan")["file"], "facts.ndjson");
    let upper = broken(HOST, "MMA-Ready-2012R2.corp.example");
    assert_eq!(verify(&upper, &[recorded(SERVER, &[])]).status, 0, "names compare without regard to case");
}

#[test]
fn a_server_without_a_plan_is_missed_unless_it_needs_none() {
    let servers = |other: &str| [recorded(SERVER, &[]), recorded(other, &[])];
    let said = verify(PLAN, &servers("scep-ready-2012r2"));
    assert_eq!((said.status, findings(&said)), (1, vec!["server-without-plan 2:1".to_owned()]));
    assert_eq!(finding(&said, "server-without-plan")["hosts"], json!(["scep-ready-2012r2.corp.example"]));
    assert_eq!(said.json()["totals"]["violated"], 1);
    for needs_none in ["scep-done-2012r2", "unsupported-2019"] {
        let more = ["--set", "workspace_id=7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917"];
        assert_eq!(verify_all(&[("plan.yaml", PLAN)], &servers(needs_none), &more).status, 0, "{needs_none}");
    }
    // Whether a server is migrated may hang on a parameter: here, which workspace the old sensor had to leave.
    let elsewhere = ("mma.workspaces", json!(["e2a95b07-41cf-4d33-8f60-b17c9a02d5e4"]));
    let both = [recorded(SERVER, &[]), recorded("scep-done-2012r2", &[elsewhere])];
    for (workspace, status) in [("7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917", 0), ("e2a95b07-41cf-4d33-8f60-b17c9a02d5e4", 1)] {
        let set = format!("workspace_id={workspace}");
        assert_eq!(verify_all(&[("plan.yaml", PLAN)], &both, &["--set", &set]).status, status, "{workspace}");
    }
    // With a plan that names its server, one that another plan leaves out is missed too.
    let scep = "schema: cutover/plan/v1\nscenario: mecm-scep\nsteps: [create-collection]\n";
    let mut other = recorded(SERVER, &[]);
    other["host"] = json!("other");
    let three = [recorded(SERVER, &[]), recorded("scep-ready-2012r2", &[]), other];
    let said = verify_all(&[("mma.yaml", PLAN), ("scep.yaml", scep)], &three, &[]);
    assert_eq!(finding(&said, "server-without-plan")["hosts"], json!(["other"]));
    assert!(!findings(&said).iter().any(|finding| finding.starts_with("i ")), "{:?}", findings(&said));
}

#[test]
fn a_plan_without_a_server_is_for_all_that_its_scenario_is_chosen_for() {
    let plan = broken(&format!("host: {HOST}\n"), "");
    let with = |others: &[Json]| verify(&plan, &[&[recorded(SERVER, &[])], others].concat());
    let said = with(&[]);
    assert_eq!((said.status, findings(&said)), (0, vec![]));
    assert_eq!(said.json()["plans"][0]["servers"], json!([{ "host": HOST, "verdict": "holds" }]));
    // What is found on several servers is one finding.
    let mut blocked =
        [recorded(SERVER, &[("package.msi", json!("missing"))]), recorded(SERVER, &[("package.msi", json!("missing"))])];
    blocked[0]["host"] = json!("b");
    blocked[1]["host"] = json!("a");
    let said = with(&blocked);
    assert_eq!((said.status, findings(&said)), (1, vec!["plan-blocked 10:5".to_owned()]));
    assert_eq!(finding(&said, "plan-blocked")["hosts"], json!(["b", "a"]));
    let verdicts = json!([
        { "host": HOST, "verdict": "holds" }, { "host": "b", "verdict": "violated" }, { "host": "a", "verdict": "violated" }
    ]);
    assert_eq!(said.json()["plans"][0]["servers"], verdicts);
    // A server of another scenario is noted, one that needs no migration is not.
    let said = with(&[recorded("scep-ready-2012r2", &[]), recorded("scep-done-2012r2", &[]), recorded("unsupported-2012", &[])]);
    assert_eq!((said.status, findings(&said)), (0, vec!["i plan-does-not-apply 2:11".to_owned()]));
    // A plan that is for none of the servers holds for nobody.
    let said = verify(&plan, &[recorded("scep-ready-2012r2", &[])]);
    assert_eq!((said.status, findings(&said)), (1, vec!["plan-does-not-apply 2:11".to_owned()]));
    // Where it is not known whether the scenario is for a server, neither is the verdict.
    let said = verify(&plan, &[recorded(SERVER, &[("third_party.products", Json::Null)])]);
    assert_eq!((said.status, findings(&said)), (3, vec!["?plan-undecided 2:11".to_owned()]));
}

#[test]
fn a_scenario_for_other_servers_says_what_speaks_against_it() {
    let plan = broken("standalone-mma", "mecm-scep").replace("steps:\n", "steps:\n  - create-collection\n");
    let said = verify(&plan, &[recorded(SERVER, &[])]);
    assert_eq!((said.status, findings(&said)), (1, vec!["plan-does-not-apply 2:11".to_owned()]));
    assert_eq!(finding(&said, "plan-does-not-apply")["message"], "`mecm-scep` is for other servers: mecm.client is false");
    let said = verify(PLAN, &[recorded(SERVER, &[("os.release", json!("2019"))])]);
    assert_eq!(findings(&said), ["plan-does-not-apply 2:11"]);
    let unsupported = finding(&said, "plan-does-not-apply");
    assert_eq!(
        (&unsupported["message"], &unsupported["expected"]),
        (
            &json!("`standalone-mma` does not support this server: os.release is 2019, needs to be 2012r2 or 2016"),
            &json!("os.release = 2012r2 or 2016")
        )
    );
}

#[test]
fn two_plans_for_one_server_are_one_too_many() {
    let plans = [("a.yaml", PLAN), ("b.yaml", PLAN)];
    let said = verify_all(&plans, &[recorded(SERVER, &[])], &[]);
    assert_eq!((said.status, findings(&said)), (1, vec!["plan-twice 3:7".to_owned()]));
    assert_eq!(finding(&said, "plan-twice")["file"], "b.yaml");
    let general = broken(&format!("host: {HOST}\n"), "");
    let said = verify_all(&[("a.yaml", &general), ("b.yaml", &general)], &[recorded(SERVER, &[])], &[]);
    assert_eq!(findings(&said), ["plan-twice 2:11"]);
    // A plan of its own comes before one for all.
    let said = verify_all(&[("a.yaml", &general), ("b.yaml", PLAN)], &[recorded(SERVER, &[])], &[]);
    assert_eq!(findings(&said), ["plan-does-not-apply 2:11"], "the general plan is for nobody then");
}

#[test]
fn plans_for_different_scenarios_share_an_estate() {
    let plans = Desk::new();
    plans.put("mma.yaml", broken(&format!("host: {HOST}\n"), ""));
    let scep = "schema: cutover/plan/v1\nscenario: mecm-scep\nsteps: [create-collection, create-application]\n";
    plans.put("scep.yaml", scep);
    plans.put("facts.ndjson", format!("{}\n{}\n", recorded(SERVER, &[]), recorded("scep-ready-2012r2", &[])));
    let said = plans.run(&["verify", "scep.yaml", "mma.yaml", "--facts", "facts.ndjson", "--format", "json"]);
    let servers: Vec<Json> = said.json()["plans"].as_array().unwrap().iter().map(|plan| plan["servers"].clone()).collect();
    assert_eq!(servers[0], json!([{ "host": "scep-ready-2012r2.corp.example", "verdict": "violated" }]));
    assert_eq!(servers[1], json!([{ "host": HOST, "verdict": "holds" }]));
}

/// What the program plans for servers, one plan a line.
fn planned(servers: &[Json], more: &[&str]) -> String {
    let desk = Desk::new();
    desk.put("facts.ndjson", lines(servers));
    let set = ["--set", "workspace_id=7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917"];
    let said = desk.run(&[&["plan", "facts.ndjson", "--format", "ndjson"], &set[..], more].concat());
    assert_ne!(said.status, 2, "{}", said.stderr);
    said.stdout
}

/// Verifies plans of the program for servers, and gives the findings without their columns.
fn verify_again(plans: &str, servers: &[Json], more: &[&str]) -> (i32, Vec<String>) {
    let said = verify_all(&[("plans.ndjson", plans)], servers, more);
    let without_column = |finding: String| finding.rsplit_once(':').expect("a column").0.to_owned();
    (said.status, findings(&said).into_iter().map(without_column).collect())
}

#[test]
fn what_was_planned_holds_for_as_long_as_nothing_changes() {
    let desk = Desk::new();
    desk.put("facts.ndjson", include_str!("../fixtures/estate.ndjson"));
    desk.put("estate.yaml", include_str!("../fixtures/estate.yaml"));
    for order in ["documented", "least-exposure", "fewest-reboots"] {
        let options = ["--parameters", "estate.yaml", "--order", order, "--format", "ndjson", "-o", "plans.ndjson"];
        let plan = desk.run(&[&["plan", "facts.ndjson"], &options[..]].concat());
        let said =
            desk.run(&["verify", "plans.ndjson", "--facts", "facts.ndjson", "--parameters", "estate.yaml", "--format", "json"]);
        assert_eq!(said.status, plan.status);
        let json = said.json();
        let written = std::fs::read_to_string(desk.path("plans.ndjson")).unwrap();
        for (plan, verdict) in written.lines().zip(json["plans"].as_array().unwrap()) {
            let plan: Json = serde_json::from_str(plan).unwrap();
            let expected = match plan["status"].as_str().unwrap() {
                "blocked" => "violated",
                "ready_if" | "undetermined" => "not_known",
                _ => "holds",
            };
            assert_eq!((&verdict["host"], &verdict["verdict"]), (&plan["host"], &json!(expected)), "{order}");
        }
        let stale = |finding: &&Json| finding["code"].as_str().unwrap().starts_with("plan-stale");
        assert_eq!(json["findings"].as_array().unwrap().iter().find(stale), None, "{order}");
    }
}

#[test]
fn plans_are_read_as_json_ndjson_and_yaml_alike() {
    let servers = [recorded(SERVER, &[]), recorded("scep-done-2012r2", &[])];
    let plans = planned(&servers, &[]);
    let as_list = format!("[{}]", plans.lines().collect::<Vec<_>>().join(",\n"));
    for name in ["plans.ndjson", "plans.jsonl"] {
        assert_eq!(verify_all(&[(name, &plans)], &servers, &[]).json()["totals"]["holds"], 2, "{name}");
    }
    for name in ["plans.json", "plans.yaml", "plans.yml"] {
        assert_eq!(verify_all(&[(name, &as_list)], &servers, &[]).json()["totals"]["holds"], 2, "{name}");
    }
    let two: Vec<&str> = plans.lines().collect();
    let desk = Desk::new();
    desk.put("plans/a.json", two[0]);
    desk.put("plans/b.yaml", two[1]);
    desk.put("plans/notes.txt", "not a plan");
    desk.put("facts/a.json", servers[0].to_string());
    desk.put("facts/b.json", servers[1].to_string());
    assert_eq!(desk.run(&["verify", "plans", "--facts", "facts"]).status, 0);
    assert_eq!(desk.run(&["verify", "plans/a.json", "plans/b.yaml", "--facts", "facts/a.json", "facts/b.json"]).status, 0);
}

#[test]
fn a_fact_that_changed_is_named_with_both_values() {
    let plan = planned(&[recorded(SERVER, &[])], &[]);
    let now = [recorded(SERVER, &[("scep.installed", json!(false))])];
    let (status, found) = verify_again(&plan, &now, &[]);
    // Without SCEP nothing is to be removed, and no restart can come of it.
    assert_eq!(
        (status, &found[..]),
        (1, &["plan-stale-decision 1", "plan-stale-decision 1", "plan-stale-fact 1"].map(str::to_owned)[..])
    );
    let said = verify_all(&[("plan.json", &plan)], &now, &[]);
    let fact = finding(&said, "plan-stale-fact");
    assert_eq!(fact["message"], "`scep.installed` was true when the plan was made, and now is false");
    assert_eq!(fact["fact"], "scep.installed");
    // The place is that of the value in the one long line.
    let column = usize::try_from(fact["column"].as_u64().unwrap()).unwrap();
    assert!(plan[..column - 1].ends_with("\"scep.installed\":") && plan[column - 1..].starts_with("true"));
    assert_eq!(fact["end_column"], column + 4);
    let decision = finding(&said, "plan-stale-decision");
    assert_eq!(
        decision["message"],
        "by the plan `uninstall-scep` is to be done, and planning now says that it is left out: it is so already \
         (scep.installed is false)"
    );
}

#[test]
fn a_fact_that_is_no_longer_known_or_has_become_known_is_another_one() {
    let known = planned(&[recorded(SERVER, &[])], &[]);
    let unread: &[(&str, Json)] = &[("policy.disable_antispyware", Json::Null)];
    let said = verify_all(&[("plan.json", &known)], &[recorded(SERVER, unread)], &[]);
    let fact = finding(&said, "plan-stale-fact");
    let message = "`policy.disable_antispyware` was false when the plan was made, and now is not known (not in this snapshot)";
    assert_eq!((&fact["message"], &fact["severity"]), (&json!(message), &json!("violated")));
    assert_eq!(fact["help"], "make the plan anew with cutover plan");
    assert_eq!(finding(&said, "plan-stale-status")["message"], "the plan says ready, and planning now says ready_if");
    let unknown = planned(&[recorded(SERVER, unread)], &[]);
    let said = verify_all(&[("plan.json", &unknown)], &[recorded(SERVER, &[])], &[]);
    let message = "`policy.disable_antispyware` was not known when the plan was made, and now is false";
    assert_eq!(finding(&said, "plan-stale-fact")["message"], message);
    assert_eq!(said.status, 1);
}

#[test]
fn a_change_that_no_rule_tells_apart_is_a_note() {
    let plan = planned(&[recorded(SERVER, &[("os.build", json!("6.3.9600.21503"))])], &[]);
    let newer = [recorded(SERVER, &[("os.build", json!("6.3.9600.21620"))])];
    let said = verify_all(&[("plan.json", &plan)], &newer, &[]);
    assert_eq!((said.status, finding(&said, "plan-stale-fact")["severity"].as_str()), (0, Some("note")));
    // A build from before the update that the steps need is told apart.
    let older = [recorded(SERVER, &[("os.build", json!("6.3.9600.17031"))])];
    let said = verify_all(&[("plan.json", &plan)], &older, &[]);
    assert_eq!((said.status, finding(&said, "plan-stale-fact")["severity"].as_str()), (1, Some("violated")));
    // A workspace in other letters is the same workspace.
    let lower = [recorded(
        SERVER,
        &[("mma.workspaces", json!(["7f3c1a52-9d0e-4b86-a5c1-2e8d60b4f917", "E2A95B07-41CF-4D33-8F60-B17C9A02D5E4"]))],
    )];
    let plan = planned(&[recorded(SERVER, &[])], &[]);
    assert_eq!(verify_again(&plan, &lower, &[]), (0, vec![]));
}

#[test]
fn what_was_assumed_has_to_be_assumed_again() {
    let open = [recorded(SERVER, &[("network.sensor_urls", Json::Null)])];
    let assume = ["--assume", "network.sensor_urls=true"];
    let plan = planned(&open, &assume);
    assert_eq!(verify_again(&plan, &open, &assume), (0, vec![]));
    let said = verify_all(&[("plan.json", &plan)], &open, &[]);
    let fact = finding(&said, "plan-stale-fact");
    assert_eq!(fact["help"], "the plan was made with --assume network.sensor_urls=true; say so here too, or find it out");
}

#[test]
fn a_plan_of_another_catalog_says_so() {
    let plan = planned(&[recorded(SERVER, &[])], &[]).replace("blake3:", "blake3:0");
    assert_eq!(verify_again(&plan, &[recorded(SERVER, &[])], &[]), (1, vec!["plan-other-catalog 1".to_owned()]));
}

#[test]
fn what_was_edited_in_a_plan_of_the_program_is_found() {
    let plan = planned(&[recorded(SERVER, &[])], &[]);
    let server = || [recorded(SERVER, &[])];
    let mut json: Json = serde_json::from_str(&plan).unwrap();
    let at = json["steps"].as_array().unwrap().iter().position(|step| step["id"] == "enable-defender").unwrap();
    json["steps"].as_array_mut().unwrap().remove(at);
    assert_eq!(verify_again(&json.to_string(), &server(), &[]), (1, vec!["plan-missing-step 1".to_owned()]));
    let edited = plan.replacen("\"decision\":\"perform\"", "\"decision\":\"skip\",\"why\":\"already_so\"", 1);
    assert_eq!(verify_again(&edited, &server(), &[]), (1, vec!["plan-stale-decision 1".to_owned()]));
    // To leave a step out for another reason is another decision.
    let edited = plan.replacen("\"why\":\"already_so\"", "\"why\":\"does_not_apply\"", 1);
    assert_eq!(verify_again(&edited, &server(), &[]), (1, vec!["plan-stale-decision 1".to_owned()]));
    let edited = plan.replace("\"status\":\"ready\"", "\"status\":\"done\"");
    assert_eq!(verify_again(&edited, &server(), &[]), (1, vec!["plan-stale-status 1".to_owned()]));
    let edited = plan.replace("\"scep.installed\"", "\"scep.gone\"");
    let (status, found) = verify_again(&edited, &server(), &[]);
    assert_eq!((status, found.contains(&"plan-stale-fact 1".to_owned())), (1, true), "{found:?}");
    let edited = plan.replacen('{', "{\"budget\":{\"restarts\":1},", 1);
    assert_eq!(verify_again(&edited, &server(), &[]), (1, vec!["plan-over-budget 1".to_owned()]));
    // Keys that this version does not know do not matter.
    let edited = plan.replacen('{', "{\"new\":{\"in\":2},", 1);
    assert_eq!(verify_again(&edited, &server(), &[]), (0, vec![]));
}

#[test]
fn a_plan_to_the_letter_of_the_article_is_held_to_the_article() {
    let plan = planned(&[recorded(SERVER, &[])], &["--without-supplements"]);
    let (status, found) = verify_again(&plan, &[recorded(SERVER, &[])], &[]);
    // The supplements are left out on purpose; what comes of it is still said.
    assert!(!found.iter().any(|finding| finding.starts_with("plan-missing-step")), "{found:?}");
    assert_eq!(status, 3, "{found:?}");
    // A step of the article is missed there as well.
    let mut json: Json = serde_json::from_str(&plan).unwrap();
    json["steps"].as_array_mut().unwrap().retain(|step| step["id"] != "assign-policies");
    let (_, found) = verify_again(&json.to_string(), &[recorded(SERVER, &[])], &[]);
    assert_eq!(found.iter().filter(|finding| finding.starts_with("plan-missing-step")).count(), 1, "{found:?}");
}

#[test]
fn a_plan_for_which_no_scenario_was_found_is_stale_once_there_is_one() {
    let nobody_knows = [recorded(SERVER, &[("third_party.products", Json::Null), ("mecm.client", Json::Null)])];
    let plan = planned(&nobody_knows, &[]);
    assert!(plan.contains("\"scenario\":null"), "{plan}");
    let (status, found) = verify_again(&plan, &nobody_knows, &[]);
    assert_eq!((status, found.iter().all(|one| one == "?plan-undecided 1")), (3, true), "{found:?}");
    let (status, found) = verify_again(&plan, &[recorded(SERVER, &[])], &[]);
    assert_eq!((status, found[0].as_str()), (1, "plan-stale-status 1"), "{found:?}");
}

#[test]
fn a_scenario_named_on_purpose_is_no_violation() {
    let servers = [recorded("scep-ready-2012r2", &[])];
    let plan = planned(&servers, &["--scenario", "standalone-mma"]);
    assert!(plan.contains("scenario-does-not-apply"));
    // What is found is what planning says too: nothing there keeps Configuration Manager from bringing SCEP back.
    assert!(plan.contains("\"status\":\"blocked\""));
    assert_eq!(verify_again(&plan, &servers, &[]), (1, vec!["plan-blocked 1".to_owned()]));
    // Nothing else that planning found makes it one: here that a restart falls into the gap.
    let plan = planned(&[recorded(SERVER, &[])], &[]);
    assert!(plan.contains("restart-inside-gap"));
    let managed = [recorded(SERVER, &[("mecm.client", json!(true))])];
    assert_eq!(verify_again(&plan, &managed, &[]), (1, vec!["plan-does-not-apply 1".to_owned()]));
}

#[test]
fn a_server_that_no_scenario_is_for_counts_alone_and_not_among_many() {
    let unsupported = recorded("unsupported-2019", &[]);
    let plan = planned(std::slice::from_ref(&unsupported), &[]);
    assert_eq!(verify_again(&plan, std::slice::from_ref(&unsupported), &[]), (1, vec!["plan-does-not-apply 1".to_owned()]));
    let both = [unsupported, recorded(SERVER, &[])];
    let plans = planned(&both, &[]);
    assert_eq!(verify_again(&plans, &both, &[]), (0, vec!["i plan-does-not-apply 1".to_owned()]));
}
