//! Ansible: its cache of facts, the files of `setup`, and what modules returned.

use super::said::{catalog, ignored, of_kind, part, part_of_text, read, read_text, said};
use cutover::inventory::{Options, Reading, Source};

const NO_REBOOT: &str = "reboot.pending: ? Ansible found none, but does not look at Windows Update";

#[test]
fn a_cache_is_the_same_as_a_file_of_setup() {
    for file in [
        "05-ansible/fact-cache-core-2.16/srv-app01.corp.fabrikam.example",
        "05-ansible/setup-tree/srv-app01.corp.fabrikam.example",
    ] {
        let part = part(file);
        assert_eq!((part.format, part.rows, part.used()), ("ansible-facts", 1, 1), "{file}");
        assert_eq!(
            said(&part, "srv-app01.corp.fabrikam.example"),
            ["os.build: 6.3.9600", "os.core: false", "os.release: 2012r2", "os.role: member_server", "os.x64: true", NO_REBOOT],
            "{file}"
        );
        assert_eq!(part.records[0].seen.at().map(|at| at.to_string()).as_deref(), Some("2025-11-20T06:00:00Z"));
        assert!(part.notices.is_empty(), "{:?}", part.notices);
    }
}

#[test]
fn the_newer_cache_wraps_its_facts_in_a_text() {
    let part = part("05-ansible/fact-cache-core-2.19/s1_srv-web03.corp.fabrikam.example");
    assert_eq!(
        said(&part, "srv-web03.corp.fabrikam.example"),
        [
            "os.build: 10.0.14393",
            "os.core: false",
            "os.release: 2016",
            "os.role: member_server",
            "os.x64: true",
            "reboot.pending: ? Ansible found one, but counts renames of files too, which hinder nothing",
        ]
    );
}

#[test]
fn values_that_a_play_set_are_taken_out_of_their_marks() {
    let part = part("05-ansible/fact-cache-core-2.19/s1_srv-tagged.corp.fabrikam.example");
    assert_eq!(said(&part, "srv-tagged.corp.fabrikam.example"), ["os.release: 2016", "os.x64: true", NO_REBOOT]);
    assert_eq!(
        part.notices,
        ["rows name no server here; by the name of the file it is `srv-tagged.corp.fabrikam.example`"],
        "the facts do not name it"
    );
}

#[test]
fn what_modules_returned_is_told_by_its_shape() {
    let file = "05-ansible/registered-results.srv-sql02.json";
    let parts = read(&[file]).parts;
    assert_eq!(said(of_kind(&parts, "ansible-services"), "srv-sql02"), ["defender.service: disabled", "mma.installed: true"]);
    let features = of_kind(&parts, "ansible-features");
    assert_eq!(said(features, "srv-sql02"), ["defender.feature: removed"]);
    assert_eq!(ignored(features), ["1 a feature that no fact is about"]);
    assert_eq!(
        said(of_kind(&parts, "ansible-registry"), "srv-sql02"),
        ["sense.onboarded: true", "sense.org: 9b1d0c2e-0000-4000-8000-00000000feed"]
    );
    assert_eq!(
        said(of_kind(&parts, "ansible-restarts"), "srv-sql02"),
        ["reboot.pending: ? a module of Ansible asks for one, but does not say what for"]
    );
    assert_eq!(ignored(of_kind(&parts, "ansible-updates")), ["1 an update that is on offer, not installed"]);
    assert_eq!(ignored(of_kind(&parts, "ansible-results")), ["1 facts of Ansible that no fact here is about"]);
    assert_eq!(parts.len(), 6);
}

#[test]
fn the_key_of_a_product_is_never_kept() {
    let key = "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE";
    for text in [
        format!(r#"{{"keys": {{"changed": false, "ansible_facts": {{"ansible_os_product_key": "{key}"}}}}}}"#),
        format!(r#"{{"ansible_hostname": "srv-app01", "ansible_os_product_key": "{key}"}}"#),
        format!(
            r#"{{"changed": false, "failed": true, "ansible_facts": {{"ansible_os_product_key": "{key}"}}, "msg": "{key}"}}"#
        ),
    ] {
        let parts = read_text("srv-app01", &text);
        assert!(!format!("{parts:?}").contains(key), "{parts:?}");
    }
}

#[test]
fn a_host_that_failed_is_no_error() {
    for (text, reason) in [
        (r#"{"changed": false, "msg": "winrm: timed out", "unreachable": true}"#, "Ansible could not reach the server"),
        (r#"{"failed": true, "msg": "access denied"}"#, "Ansible got no facts, but `access denied`"),
        (r#"{"changed": false, "module_stderr": "oh\u001b[31m", "msg": null}"#, "Ansible got no facts, but `oh\\u{1b}[31m`"),
        (r#"{"changed": false, "ansible_facts": {}}"#, "facts of Ansible that no fact here is about"),
    ] {
        let part = part_of_text("tree/srv-app01", text);
        assert_eq!((part.rows, part.used(), ignored(&part)), (1, 0, vec![format!("1 {reason}")]), "{text}");
    }
}

#[test]
fn a_damaged_cache_is_an_error() {
    for text in [r#"{"__payload__": "{\"ansible_fqdn\": "}"#, r#"{"__payload__": "[]"}"#] {
        let source = Source { name: "s1_srv-app01".to_owned(), bytes: text.as_bytes().to_vec() };
        let error = Reading::new(catalog().vocabulary()).read(&source, &Options::default()).expect_err("no payload");
        assert_eq!(error.message(), "holds a `__payload__` that is no object of JSON");
    }
}

#[test]
fn the_role_and_the_build_tell_the_release_where_the_caption_was_not_allowed() {
    let facts = |role: &str, version: &str| {
        format!(
            r#"{{"ansible_distribution": null, "ansible_os_name": null, "ansible_fqdn": "a.example", "ansible_os_product_type": "{role}", "ansible_distribution_version": "{version}"}}"#
        )
    };
    assert_eq!(
        said(&part_of_text("x", &facts("domain_controller", "10.0.14393.0")), "a.example"),
        ["os.build: 10.0.14393", "os.release: 2016", "os.role: domain_controller", "os.x64: true"]
    );
    assert_eq!(ignored(&part_of_text("x", &facts("workstation", "10.0.19045.0"))), ["1 not a Windows Server"]);
    assert_eq!(
        said(&part_of_text("x", &facts("unknown", "10.0.14393.0")), "a.example"),
        [
            "os.build: 10.0.14393",
            "os.release: ? `10.0.14393` does not tell which Windows Server it is",
            "os.role: ? Ansible says `unknown`",
        ]
    );
    let linux = r#"{"ansible_os_family": "Debian", "ansible_fqdn": "b.example", "ansible_kernel": "6.1.0"}"#;
    assert_eq!(ignored(&part_of_text("x", linux)), ["1 not Windows"]);
}

#[test]
fn a_file_whose_name_is_none_of_a_host_names_none() {
    let text = r#"{"s": {"changed": false, "services": [{"name": "HealthService", "state": "started", "start_mode": "auto"}]}}"#;
    let row = |file| {
        let part = part_of_text(file, text);
        let short = part.records.first().and_then(|record| record.identity.short.as_deref()).map(str::to_owned);
        (short, ignored(&part))
    };
    let none = (None, vec!["1 neither the row nor the name of the file names a server".to_owned()]);
    assert_eq!(row("out/srv-app01.json"), (Some("srv-app01".to_owned()), Vec::new()));
    assert_eq!(row("out/s1_srv-app01"), (Some("srv-app01".to_owned()), Vec::new()));
    assert_eq!(row("out/results of today.json"), none);
    assert_eq!(row("out/10.20.0.11.json"), none);
}

#[test]
fn a_loop_and_a_key_that_the_result_carries_are_read() {
    let text = r#"{"changed": false, "msg": "All items completed", "results": [
        {"changed": false, "exists": true, "item": "Sense", "properties": {"Start": {"type": "REG_DWORD", "value": 2}},
         "invocation": {"module_args": {"path": "HKLM:\\SYSTEM\\CurrentControlSet\\Services\\Sense"}}},
        {"changed": false, "exists": true, "properties": {"Start": {"type": "REG_DWORD", "value": 2}}},
        {"changed": false, "exists": false, "properties": {}},
        {"changed": false, "exists": true, "features": [{"name": "Windows-Defender", "install_state": "InstallPending"}]},
        {"changed": true, "stdout": "text"}]}"#;
    for text in [text.to_owned(), format!(r#"{{"looked": {text}}}"#)] {
        let parts = read_text("srv-app01.json", &text);
        let registry = of_kind(&parts, "ansible-registry");
        assert_eq!(said(registry, "srv-app01"), ["sense.autostart: true"]);
        assert_eq!(ignored(registry), ["1 a value of the registry that no fact is about"]);
        assert_eq!(said(of_kind(&parts, "ansible-features"), "srv-app01"), ["defender.feature: ? Ansible says `InstallPending`"]);
        assert_eq!(of_kind(&parts, "ansible-results").rows, 2);
    }
}

/// A play may call a variable as other producers call the list of their rows.
#[test]
fn a_variable_that_is_called_like_a_list_of_rows_hides_no_other() {
    let feature = |name: &str, state: &str| {
        format!(r#"{{"changed": false, "features": [{{"name": "{name}", "install_state": "{state}"}}]}}"#)
    };
    let (one, other) = (feature("Windows-Defender", "Installed"), feature("Windows-Defender-Gui", "Installed"));
    for list in [format!("[{one}]"), "[]".to_owned(), r#"["text", 1]"#.to_owned()] {
        for name in ["data", "value", "results"] {
            let text =
                format!(r#"{{"before": {other}, "{name}": {list}, "restart": {{"changed": true, "reboot_required": true}}}}"#);
            let parts = read_text("srv-app01.json", &text);
            assert_eq!(of_kind(&parts, "ansible-restarts").rows, 1, "{text}");
            assert_eq!(of_kind(&parts, "ansible-features").rows, if list.contains("changed") { 2 } else { 1 }, "{text}");
        }
    }
    let facts = r#"{"ansible_hostname": "SRV-APP01", "ansible_fqdn": "srv-app01.corp.contoso.example", "data": []}"#;
    let parts = read_text("srv-app01.json", facts);
    let rows: Vec<u64> = of_kind(&parts, "ansible-facts").records.iter().map(|record| record.row).collect();
    assert_eq!(rows, [1]);
}

#[test]
fn an_update_that_was_installed_is_there() {
    let text = r#"{"u": {"changed": true, "reboot_required": false, "updates": {
        "a": {"kb": ["2919355"], "installed": true}, "b": {"kb": ["2999226"], "installed": false}}}}"#;
    let parts = read_text("srv-app01.json", text);
    assert_eq!(said(of_kind(&parts, "ansible-updates"), "srv-app01"), ["update.april_2014_rollup: true"]);
}
