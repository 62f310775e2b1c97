//! Checking a catalog: the built-in one has nothing to find; each test breaks one thing of it and expects exactly the
//! findings that this deserves, at the place where it was broken.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use cutover::catalog::{Catalog, Finding, SourceFile};

/// The built-in files with some texts replaced.
#[derive(Clone)]
struct Broken {
    files: Vec<SourceFile>,
}

fn built_in() -> Broken {
    Broken { files: Catalog::built_in_files().collect() }
}

impl Broken {
    /// The same with a text replaced that stands in the file exactly once.
    fn replace(mut self, path: &str, from: &str, to: &str) -> Self {
        let file = self.files.iter_mut().find(|file| &*file.path == path).unwrap_or_else(|| panic!("no file {path}"));
        assert_eq!(file.text.matches(from).count(), 1, "{path}: {from}");
        *file = SourceFile::new(path, file.text.replace(from, to));
        self
    }

    /// The same without a file.
    fn without(mut self, path: &str) -> Self {
        self.files.retain(|file| &*file.path != path);
        self
    }

    /// What is found: the code, the text that is underlined, and what is said.
    fn findings(&self) -> Vec<(String, String, Finding)> {
        let (_, findings) = Catalog::check_files(self.files.clone());
        let underlined = |finding: &Finding| {
            let file = self.files.iter().find(|file| *file.path == *finding.file());
            let span = finding.span();
            file.map_or(String::new(), |file| file.text[span.offset..span.offset + span.length].to_owned())
        };
        findings.into_iter().map(|finding| (finding.code().name().to_owned(), underlined(&finding), finding)).collect()
    }

    /// The one finding, which must have this code and underline this text.
    fn only(&self, code: &str, underlined: &str) -> Finding {
        let mut findings = self.findings();
        let told: Vec<String> = findings.iter().map(|(_, at, finding)| format!("{finding} at `{at}`")).collect();
        assert_eq!(findings.len(), 1, "{told:#?}");
        let (found, at, finding) = findings.remove(0);
        assert_eq!((found.as_str(), at.as_str()), (code, underlined), "{finding}");
        finding
    }
}

#[test]
fn the_built_in_catalog_has_nothing_to_find() {
    let told: Vec<String> = built_in().findings().iter().map(|(_, at, finding)| format!("{finding} at `{at}`")).collect();
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn it_finds_a_file_that_is_no_yaml() {
    let broken = built_in().replace("standalone-mma.yaml", "id: standalone-mma\n", "id: [standalone-mma\n");
    assert_eq!(broken.findings()[0].0, "yaml-syntax");
}

#[test]
fn it_finds_a_key_that_is_given_twice() {
    let broken = built_in().replace("standalone-mma.yaml", "goal:\n", "title: Again\ngoal:\n");
    let findings = broken.findings();
    assert_eq!((findings[0].0.as_str(), findings[0].2.file()), ("yaml-syntax", "standalone-mma.yaml"));
    assert!(findings[0].2.message().contains("title"), "{}", findings[0].2);
}

#[test]
fn it_finds_a_missing_file() {
    let finding = built_in().without("catalog/article.yaml").only("missing-file", "");
    assert_eq!(finding.file(), "catalog/article.yaml");
}

#[test]
fn it_finds_a_misspelt_fact() {
    let broken = built_in().replace("mecm-scep.yaml", "mma.workspaces: { lacks", "mma.workspace: { lacks");
    let finding = broken.only("unknown-fact", "mma.workspace");
    assert_eq!(finding.message(), "there is no fact `mma.workspace`");
    assert_eq!(finding.help(), Some("did you mean `mma.workspaces`?"));
}

#[test]
fn it_finds_a_misspelt_fact_among_effects() {
    let broken =
        built_in().replace("catalog/actions.yaml", "{ set: { attach.enrolled: true } }", "{ set: { attach.enroled: true } }");
    assert_eq!(broken.only("unknown-fact", "attach.enroled").help(), Some("did you mean `attach.enrolled`?"));
}

#[test]
fn it_finds_a_misspelt_action() {
    let broken = built_in().replace("mecm-scep.yaml", "action: uninstall-scep", "action: unistall-scep");
    // The edge from the step that cannot be read then is no mistake of its own.
    assert_eq!(broken.only("unknown-action", "unistall-scep").help(), Some("did you mean `uninstall-scep`?"));
}

#[test]
fn it_finds_a_misspelt_step() {
    let broken = built_in().replace(
        "mecm-scep.yaml",
        "after: [clear-passive-policy, apply-updates]",
        "after: [clear-passive-policy, aply-updates]",
    );
    assert_eq!(broken.only("unknown-step", "aply-updates").help(), Some("did you mean `apply-updates`?"));
}

#[test]
fn it_finds_a_misspelt_parameter() {
    let broken = built_in().replace("mecm-scep.yaml", "lacks: $workspace_id", "lacks: $workspaceid");
    assert_eq!(broken.only("unknown-parameter", "$workspaceid").help(), Some("did you mean `workspace_id`?"));
}

#[test]
fn it_finds_a_parameter_that_an_action_uses_and_the_scenario_does_not_declare() {
    let broken = built_in().replace(
        "standalone-mma.yaml",
        "  minimum_platform: { type: version, default: 4.18.2106.6, about: the oldest Defender Antivirus platform that will do on 2016 }\n",
        "",
    );
    let findings = broken.findings();
    let codes: Vec<_> = findings.iter().map(|(code, at, _)| (code.as_str(), at.as_str())).collect();
    assert!(codes.contains(&("unknown-parameter", "update-defender")), "{codes:?}");
    assert!(codes.contains(&("unknown-parameter", "install-mde")), "{codes:?}");
    assert!(codes.iter().all(|(code, _)| *code == "unknown-parameter"), "{codes:?}");
}

#[test]
fn it_finds_a_misspelt_argument() {
    let broken = built_in().replace("standalone-mma.yaml", "with: { passive: false }", "with: { pasive: false }");
    let codes: Vec<_> = broken.findings().into_iter().map(|(code, at, _)| (code, at)).collect();
    assert_eq!(
        codes,
        [("unknown-parameter".to_owned(), "pasive".to_owned()), ("missing-key".to_owned(), "install-mde".to_owned())]
    );
}

#[test]
fn it_finds_a_choice_that_does_not_exist() {
    let broken = built_in().replace("mecm-to-defender-attach.yaml", "os.role: member_server", "os.role: member_servers");
    let finding = broken.only("unknown-choice", "member_servers");
    assert_eq!(finding.message(), "`os.role` has no choice `member_servers`");
    assert_eq!(finding.help(), Some("did you mean `member_server`?"));
}

#[test]
fn it_finds_a_value_of_the_wrong_type() {
    let broken = built_in().replace("mecm-to-defender-attach.yaml", "os.core: false }", "os.core: no }");
    assert!(broken.only("wrong-type", "no").message().contains("true or false"));
}

#[test]
fn it_finds_a_comparison_of_what_has_no_order() {
    let broken = built_in().replace("mecm-to-defender-attach.yaml", "os.role: member_server", "os.role: \">= member_server\"");
    assert_eq!(broken.only("wrong-type", "\">= member_server\"").message(), "only versions and days can be compared");
}

#[test]
fn it_finds_an_unexpected_key() {
    let broken = built_in().replace("mecm-to-defender-attach.yaml", "on_request: true", "on_requests: true");
    let findings = broken.findings();
    assert_eq!((findings[0].0.as_str(), findings[0].1.as_str()), ("unexpected-key", "on_requests"));
    assert_eq!(findings[0].2.help(), Some("did you mean `on_request`?"));
}

#[test]
fn it_finds_a_missing_key() {
    let broken = built_in().replace(
        "mecm-to-defender-attach.yaml",
        "title: From Configuration Manager tenant attach to Defender for Endpoint attach\n",
        "",
    );
    assert_eq!(broken.only("missing-key", "id").message(), "the key `title` is missing");
}

#[test]
fn it_finds_a_step_without_a_reason_to_be_there() {
    let broken = built_in().replace("mecm-scep.yaml", "    article: \"2.2\"\n", "");
    assert_eq!(
        broken.only("missing-key", "uninstall-scep").message(),
        "the step `uninstall-scep` needs either `article` or `supplement`, and not both"
    );
}

#[test]
fn it_finds_ids_that_come_twice() {
    let broken = built_in().replace("mecm-to-defender-attach.yaml", "id: confirm-enrollment", "id: uninstall-mecm-client");
    assert_eq!(
        broken.only("duplicate-id", "uninstall-mecm-client").message(),
        "the step `uninstall-mecm-client` is declared twice"
    );
    let broken = built_in().replace("catalog/actions.yaml", "- id: assign-entra-group", "- id: onboard");
    assert_eq!(broken.findings()[0].0, "duplicate-id");
    let broken = built_in().replace("catalog/facts.yaml", "- id: os.core", "- id: os.x64");
    assert_eq!(broken.findings()[0].0, "duplicate-id");
    let broken = built_in().replace("catalog/article.yaml", "- id: azure-defender", "- id: mecm-scep");
    assert!(
        broken.findings().iter().any(|(code, _, finding)| code == "duplicate-id" && finding.file() == "catalog/article.yaml")
    );
}

#[test]
fn it_finds_an_undo_that_does_not_exist() {
    let broken = built_in().replace(
        "catalog/actions.yaml",
        "undo: { action: release-endpoint-protection }",
        "undo: { action: release-endpoint-protecton }",
    );
    assert_eq!(broken.findings()[0].0, "unknown-action");
}

#[test]
fn it_shows_the_shortest_cycle() {
    let broken = built_in().replace(
        "mecm-to-defender-attach.yaml",
        "    action: assign-entra-group\n    article: \"1\"\n",
        "    action: assign-entra-group\n    article: \"1\"\n    after: [confirm-enrollment]\n",
    );
    let finding = broken.only("cycle", "confirm-enrollment");
    assert_eq!(
        finding.message(),
        "these steps wait for each other: \
         assign-entra-group -> uninstall-mecm-client -> confirm-enrollment -> assign-entra-group"
    );
}

#[test]
fn it_finds_an_order_that_contradicts_an_edge() {
    let broken = built_in().replace(
        "mecm-scep.yaml",
        "    after: [create-collection, create-application]\n",
        "    after: [create-collection, create-application, assign-policies]\n",
    );
    let finding = broken.only("order-contradicts-edge", "assign-policies");
    assert_eq!(finding.message(), "`deploy-application` must follow `assign-policies`, and the list has it before");
}

#[test]
fn it_finds_an_edge_that_says_nothing_new() {
    let broken = built_in().replace(
        "mecm-scep.yaml",
        "after: [uninstall-scep, install-prerequisites]",
        "after: [uninstall-scep, install-prerequisites, restart]",
    );
    let finding = broken.only("redundant-edge", "restart");
    assert_eq!(finding.message(), "`restart-again` follows `restart` anyway, over `install-prerequisites`");
    let twice = built_in().replace(
        "mecm-scep.yaml",
        "after: [uninstall-scep, install-prerequisites]",
        "after: [uninstall-scep, install-prerequisites, uninstall-scep]",
    );
    assert_eq!(twice.only("redundant-edge", "uninstall-scep").message(), "`restart-again` follows `uninstall-scep` twice");
}

#[test]
fn it_finds_a_step_that_is_for_no_server() {
    let broken = built_in().replace(
        "azure-defender.yaml",
        "when: { os.release: 2012r2, scep.installed: true, mecm.client: true }",
        "when: { os.release: 2019 }",
    );
    let finding = broken.only("step-never-enabled", "release-endpoint-protection");
    assert_eq!(finding.message(), "`release-endpoint-protection` is for no server: os.release is 2019 never holds here");
}

#[test]
fn it_finds_a_step_that_an_impossible_line_excludes() {
    let broken = built_in().replace(
        "azure-defender.yaml",
        "when: { os.release: 2012r2, scep.installed: true, mecm.client: true }",
        "when: { sense.onboarded: true, sense.installed: false }",
    );
    broken.only("step-never-enabled", "release-endpoint-protection");
}

#[test]
fn it_finds_a_step_whose_requirement_an_earlier_step_has_made_impossible() {
    // Uninstalling the client comes first then, and only a server that has it could have been assigned.
    let broken = built_in().replace(
        "catalog/actions.yaml",
        "requires: { mecm.client: false, sense.onboarded: true, any: [{ policy.assigned: true }, { entra.policy_group: true }] }",
        "requires: { mecm.client: true, sense.onboarded: true }",
    );
    let finding = broken.only("step-never-enabled", "confirm-enrollment");
    assert!(finding.message().starts_with("`confirm-enrollment` can never be done"), "{finding}");
}

#[test]
fn it_finds_a_goal_that_no_step_brings_about() {
    let broken = built_in().replace(
        "mecm-to-defender-attach.yaml",
        "  mecm.client: false\n",
        "  mecm.client: false\n  exclusions.mutual: true\n",
    );
    let finding = broken.only("goal-unreachable", "exclusions.mutual");
    assert_eq!(finding.message(), "no step brings about this part of the goal: exclusions.mutual is true");
}

#[test]
fn a_goal_that_every_server_of_the_scenario_has_needs_no_step() {
    // `sense.onboarded` is what the scenario is chosen for, and nothing on the way changes it.
    let broken = built_in().replace("mecm-to-defender-attach.yaml", "sense.onboarded: true }\n", "attach.enrolled: false }\n");
    assert_eq!(
        broken.only("goal-unreachable", "sense.onboarded").message(),
        "no step brings about this part of the goal: sense.onboarded is true"
    );
}

#[test]
fn it_finds_a_missing_restart() {
    let broken = built_in()
        .replace(
            "standalone-mma.yaml",
            "  - id: restart-again\n    action: restart\n    supplement: the package must not meet a pending restart\n    after: [uninstall-scep, install-prerequisites]\n",
            "",
        )
        .replace(
            "standalone-mma.yaml",
            "      - { step: restart-again, kind: technical, because: on 2012 R2 it wants its updates effective and SCEP gone }\n",
            "      - uninstall-scep\n      - install-prerequisites\n",
        );
    let finding = broken.only("restart-missing", "install-mde");
    assert_eq!(finding.message(), "`install-mde` needs that no restart is pending, and `uninstall-scep` may leave one so");
    assert_eq!(finding.help(), Some("put a restart between `uninstall-scep` and `install-mde`"));
}

#[test]
fn it_finds_two_scenarios_that_one_server_can_match() {
    let broken = built_in().replace(
        "standalone-mma.yaml",
        "  mecm.client: false\n  third_party.products: { empty: true }\n",
        "  third_party.products: { empty: true }\n",
    );
    let finding = broken.only("overlapping-scenarios", "third_party.products");
    assert_eq!(finding.file(), "standalone-mma.yaml");
    assert!(finding.message().contains("mecm.client true"), "{finding}");
    assert!(finding.message().ends_with("matches `mecm-scep` as well as `standalone-mma`"), "{finding}");
}

#[test]
fn it_finds_a_failure_that_closes_the_way_for_good() {
    // Nothing but offboarding would make the sensor forget its start type, and no migration offboards.
    let broken = built_in().replace(
        "catalog/actions.yaml",
        "        about: The package refused this server, or broke off and took back what it had done.\n        leaves: unchanged\n",
        "        about: The package refused this server, or broke off and took back what it had done.\n        leaves: { set: { sense.autostart: true } }\n",
    );
    let findings = broken.findings();
    let told: Vec<_> = findings.iter().map(|(code, _, finding)| (code.as_str(), finding.message())).collect();
    let message = |scenario: &str| {
        format!(
            "after the failure `fatal-error` of `install-mde` in `{scenario}` what `install-mde` requires is in the way for ever: \
             no step changes what it leaves"
        )
    };
    let expected: Vec<String> =
        ["mecm-scep", "mecm-third-party-av", "standalone-mma", "standalone-third-party-av"].map(message).into();
    assert_eq!(told, expected.iter().map(|message| ("failure-blocks-forever", message.as_str())).collect::<Vec<_>>());
    assert!(findings.iter().all(|(_, at, _)| at == "id"), "the failure is underlined");
}

#[test]
fn a_failure_that_a_restart_clears_away_closes_nothing() {
    let broken = built_in().replace(
        "catalog/actions.yaml",
        "        about: The package refused this server, or broke off and took back what it had done.\n        leaves: unchanged\n",
        "        about: The package refused this server, or broke off and took back what it had done.\n        leaves: { set: { reboot.pending: true } }\n",
    );
    assert!(broken.findings().is_empty());
}

#[test]
fn it_finds_a_failure_that_leaves_what_the_goal_excludes() {
    let broken = built_in().replace(
        "catalog/actions.yaml",
        "        about: The enrolment does not reach its services.\n        leaves: unchanged\n",
        "        about: The enrolment does not reach its services.\n        leaves: { set: { sense.onboarded: false } }\n",
    );
    let findings = broken.findings();
    assert!(findings.iter().all(|(code, _, _)| code == "failure-blocks-forever"), "{:?}", findings[0].2);
    assert!(!findings.is_empty());
}

#[test]
fn it_finds_a_section_or_an_item_that_the_article_lacks() {
    let broken = built_in().replace("azure-defender.yaml", "article: azure-defender\n", "article: azur-defender\n");
    let findings = broken.findings();
    assert_eq!((findings[0].0.as_str(), findings[0].1.as_str()), ("unknown-name", "azur-defender"));
    assert_eq!(findings[0].2.help(), Some("did you mean `azure-defender`?"));
    let broken = built_in().replace("mecm-scep.yaml", "article: \"2.5\"", "article: \"2.6\"");
    let finding = broken.only("unknown-name", "\"2.6\"");
    assert_eq!(finding.message(), "the section `mecm-scep` has no item `2.6`");
}

#[test]
fn it_finds_an_item_that_nothing_encodes() {
    let broken = built_in().replace("standalone-mma.yaml", "    article: \"6\"\n", "    supplement: no item says so\n");
    let finding = broken.only("not-covered", "ref");
    assert_eq!(finding.message(), "nothing encodes the step 6 of `standalone-mma`");
}

#[test]
fn it_finds_names_of_nothing_in_the_article_and_in_findings() {
    let broken = built_in().replace("catalog/article.yaml", "[parameter host_steps]", "[parameter host_step]");
    assert_eq!(broken.only("unknown-name", "parameter host_step").help(), Some("did you mean `parameter host_steps`?"));
    let broken = built_in().replace("catalog/article.yaml", "[parameter host_steps]", "[parametr host_steps]");
    assert_eq!(broken.only("unknown-name", "parametr host_steps").help(), Some("did you mean `parameter`?"));
    let broken = built_in().replace(
        "catalog/invariants.yaml",
        "scenarios: [mecm-to-defender-attach]",
        "scenarios: [mecm-to-defender-attac]",
    );
    assert_eq!(broken.only("unknown-name", "mecm-to-defender-attac").help(), Some("did you mean `mecm-to-defender-attach`?"));
}

#[test]
fn it_finds_a_file_that_is_not_named_after_its_scenario() {
    let broken = built_in().replace("mecm-to-defender-attach.yaml", "id: mecm-to-defender-attach\n", "id: attach\n");
    let findings = broken.findings();
    assert_eq!(findings[0].0, "unknown-name");
    assert!(findings[0].2.message().contains("attach.yaml"));
}

#[test]
fn it_finds_a_property_that_no_proof_has() {
    let broken = built_in().replace("installer-script.yaml", "refuted: [a, b, c, d, f]", "refuted: [c, z]");
    broken.only("unknown-choice", "z");
}

#[test]
fn everything_wrong_is_found_in_one_go_and_in_the_order_of_the_files() {
    let broken = built_in()
        .replace("standalone-mma.yaml", "    article: \"6\"\n", "    supplement: no item says so\n")
        .replace(
            "mecm-scep.yaml",
            "after: [uninstall-scep, install-prerequisites]",
            "after: [uninstall-scep, install-prerequisites, restart]",
        )
        .replace(
            "azure-defender.yaml",
            "when: { os.release: 2012r2, scep.installed: true, mecm.client: true }",
            "when: { os.release: 2019 }",
        );
    let codes: Vec<_> = broken.findings().into_iter().map(|(code, _, finding)| (finding.file().to_owned(), code)).collect();
    let expected = [
        ("azure-defender.yaml", "step-never-enabled"),
        ("catalog/article.yaml", "not-covered"),
        ("mecm-scep.yaml", "redundant-edge"),
    ];
    assert_eq!(codes, expected.map(|(file, code)| (file.to_owned(), code.to_owned())));
}

#[test]
fn the_built_in_catalog_can_be_written_out_and_is_the_same_then() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("mine");
    let cutover = |arguments: &[&str]| {
        let program = std::process::Command::new(env!("CARGO_BIN_EXE_cutover")).args(arguments).output().expect("runs");
        (program.status.code(), String::from_utf8(program.stdout).expect("UTF-8"))
    };
    let path = path.to_str().expect("UTF-8");
    assert_eq!(cutover(&["scenarios", "export", path]).0, Some(0));
    assert_eq!(cutover(&["scenarios", "check", path]).0, Some(0));
    assert_eq!(cutover(&["scenarios", "export", path]).0, Some(2), "what is there is left alone");
    let estate = ["plan", "fixtures/estate.ndjson", "--parameters", "fixtures/estate.yaml", "--format", "ndjson"];
    assert_eq!(cutover(&[&estate[..], &["--catalog", path]].concat()), cutover(&estate), "the digest is the same too");
}
