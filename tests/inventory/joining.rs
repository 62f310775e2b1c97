//! Rows of several sources put together: which are about the same server, and what they come to.

use super::said::catalog;
use cutover::inventory::{Aliases, Estate, Joining, Options, Reading, Server, Source, estate};
use jiff::{SignedDuration, Timestamp};

const ONE: &str = "ba935442941622984323eee9f94c47687cac84e3";
const TWO: &str = "bfb77339cbd8f43b61a1c8a81c6ce76630fc2eef";

/// The servers of some files, each a name and a text.
fn joined(files: &[(&str, &str)], joining: &Joining) -> Estate {
    let mut reading = Reading::new(catalog().vocabulary());
    for (name, text) in files {
        let source = Source { name: (*name).to_owned(), bytes: text.as_bytes().to_vec() };
        reading.read(&source, &Options::default()).unwrap_or_else(|error| panic!("{}: {error}", error.place()));
    }
    estate(catalog().vocabulary(), &reading.parts, joining)
}

fn hosts(estate: &Estate) -> Vec<&str> {
    estate.servers.iter().map(|server| server.host.as_str()).collect()
}

/// What a server is known for, or why not.
fn fact(server: &Server, name: &str) -> String {
    let fact = catalog().vocabulary().find(name).expect("a fact");
    if let Some(learned) = server.facts().iter().find(|learned| learned.fact == fact) {
        return format!("{} by {}", learned.value, server.source(learned).0);
    }
    let (_, reason) = server.unknown().find(|(unknown, _)| *unknown == fact).expect("known or not");
    format!("? {reason}")
}

const DEVICES: &str = "ResourceID,Name,Domain,IsClient,LastActiveTime\n";

#[test]
fn rows_that_say_the_same_are_told_apart_by_where_and_when() {
    let devices = "ResourceID,Name,Domain,IsClient,ATPOnboardingState,LastActiveTime\n\
        1,APP01,CORP,True,1,2025-11-20 05:00:00\n2,APP02,CORP,True,1,2025-11-01 05:00:00\n3,APP03,CORP,True,1,2025-11-20 06:00:00\n";
    // The last has a row of another source, too, which knows better.
    let hunting = "Timestamp,DeviceName,OSPlatform,OnboardingStatus,ClientVersion\n2025-11-20T05:00:00Z,app03,WindowsServer2016,Onboarded,10.8805.1.1\n";
    let files = [("devices.csv", devices), ("hunting.csv", hunting)];
    let unsure = "onboarded as Configuration Manager has it, which does not say by which of the two sensors";
    let found = joined(&files, &Joining::default());
    assert_eq!(hosts(&found), ["app01", "app02", "app03"]);
    for (server, line) in found.servers.iter().zip(2..) {
        assert_eq!(fact(server, "mecm.client"), format!("true by devices.csv:{line}"));
    }
    assert_eq!(fact(&found.servers[0], "sense.onboarded"), format!("? {unsure} (devices.csv:2)"));
    assert_eq!(fact(&found.servers[1], "sense.onboarded"), format!("? {unsure} (devices.csv:3)"));
    assert_eq!(fact(&found.servers[2], "sense.onboarded"), "true by hunting.csv:2");

    let now: Timestamp = "2025-11-21T00:00:00Z".parse().expect("a time");
    let max_age = Some((SignedDuration::from_hours(7 * 24), now));
    let found = joined(&files, &Joining { max_age, ..Joining::default() });
    assert_eq!(fact(&found.servers[0], "mecm.client"), "true by devices.csv:2");
    let old = "? recorded 19 days ago, which is too old (devices.csv:3)";
    assert_eq!(fact(&found.servers[1], "mecm.client"), old);
    assert_eq!(fact(&found.servers[1], "sense.onboarded"), old);
}

#[test]
fn a_first_label_joins_where_it_is_unique() {
    let api = format!(
        r#"{{"value":[{{"id":"{ONE}","computerDnsName":"APP01.corp.example","osPlatform":"WindowsServer2016","agentVersion":"10.8805.1.1","healthStatus":"Active"}}]}}"#
    );
    let devices = format!("{DEVICES}1,app01,CORP,True,\n2,other,CORP,False,\n");
    let found = joined(&[("api.json", &api), ("devices.csv", &devices)], &Joining::default());
    assert_eq!(hosts(&found), ["app01.corp.example", "other"]);
    assert_eq!(fact(&found.servers[0], "mecm.client"), "true by devices.csv:2");
    assert_eq!(fact(&found.servers[0], "sense.installed"), "true by api.json, row 1");
    assert_eq!(found.ambiguities, []);
}

#[test]
fn a_first_label_of_two_servers_joins_neither() {
    let hunting = "DeviceName,OSPlatform,ClientVersion\ndb.one.example,WindowsServer2016,10.8805.1.1\ndb.two.example,WindowsServer2016,10.8805.1.1\n";
    let devices = format!("{DEVICES}1,DB,CORP,True,\n");
    let files = [("hunting.csv", hunting), ("devices.csv", devices.as_str())];
    let found = joined(&files, &Joining::default());
    assert_eq!(hosts(&found), ["db.one.example", "db.two.example"]);
    for server in &found.servers {
        assert_eq!(fact(server, "mecm.client"), "? a row may be about this server or another one (devices.csv:2)");
    }
    let [ambiguity] = found.ambiguities.as_slice() else { panic!("one ambiguity") };
    assert_eq!(
        ambiguity.message,
        "`db` (devices.csv:2) may be `db.one.example` (hunting.csv:2) or `db.two.example` (hunting.csv:3)"
    );

    let mut aliases = Aliases::default();
    assert!(aliases.add("DB", "db.two.example"));
    assert!(!aliases.add("db", "db.one.example"), "it is another name of another server already");
    let found = joined(&files, &Joining { aliases, ..Joining::default() });
    assert_eq!(found.ambiguities, []);
    assert_eq!(fact(&found.servers[1], "mecm.client"), "true by devices.csv:2");
    assert_eq!(fact(&found.servers[0], "mecm.client"), "? devices.csv has no row for this server");
}

#[test]
fn servers_of_one_first_label_in_two_domains_are_two_and_have_two_names() {
    let devices = format!("{DEVICES}1,DB,CORP,True,\n2,DB,FABRIKAM,False,\n3,db,corp,True,\n");
    let found = joined(&[("devices.csv", &devices)], &Joining::default());
    assert_eq!(hosts(&found), ["corp\\db", "fabrikam\\db"]);
    assert_eq!(fact(&found.servers[1], "mecm.client"), "false by devices.csv:3");
    assert_eq!(found.ambiguities, []);
    // A row that does not say the domain may be about either.
    let hunting = "DeviceName,OSPlatform,ClientVersion\ndb,WindowsServer2016,10.8805.1.1\n";
    let found = joined(&[("devices.csv", &devices), ("hunting.csv", hunting)], &Joining::default());
    assert_eq!(hosts(&found), ["corp\\db", "fabrikam\\db"]);
    let [ambiguity] = found.ambiguities.as_slice() else { panic!("one ambiguity: {:?}", found.ambiguities) };
    assert_eq!(ambiguity.message, r"`db` (hunting.csv:2) may be `corp\db` (devices.csv:2) or `fabrikam\db` (devices.csv:3)");
}

/// Virtual machines of Azure with this name, one in each of these resource groups.
fn machines_of_azure(name: &str, groups: &[&str]) -> String {
    let machine = |group: &&str| {
        format!(
            r#"{{"id":"/subscriptions/5f1c/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{name}","name":"{name}","type":"microsoft.compute/virtualmachines","properties":{{"osProfile":{{"computerName":"{name}"}}}}}}"#
        )
    };
    format!("[{}]", groups.iter().map(machine).collect::<Vec<_>>().join(","))
}

#[test]
fn virtual_machines_of_one_name_are_as_many_as_there_are_resources() {
    let machines = machines_of_azure("vm1", &["rg-a", "rg-b"]);
    let id = |group: &str| format!("/subscriptions/5f1c/resourcegroups/{group}/providers/microsoft.compute/virtualmachines/vm1");
    let found = joined(&[("vms.json", &machines)], &Joining::default());
    assert_eq!(hosts(&found), [id("rg-a"), id("rg-b")]);
    // A device of the name may be either.
    let devices = format!("{DEVICES}1,VM1,CORP,True,\n");
    let found = joined(&[("vms.json", &machines), ("devices.csv", &devices)], &Joining::default());
    assert_eq!(hosts(&found), [id("rg-a"), id("rg-b")]);
    for server in &found.servers {
        assert_eq!(fact(server, "mecm.client"), "? a row may be about this server or another one (devices.csv:2)");
    }
    // One alone goes by its name, and the device is it.
    let files = [("vms.json", machines_of_azure("vm1", &["rg-a"])), ("devices.csv", devices)];
    let found = joined(&files.each_ref().map(|(name, text)| (*name, text.as_str())), &Joining::default());
    assert_eq!(hosts(&found), ["vm1"]);
    assert_eq!(fact(&found.servers[0], "mecm.client"), "true by devices.csv:2");
}

#[test]
fn a_netbios_name_that_was_cut_off_is_a_candidate_and_no_match() {
    let hunting = "DeviceName,OSPlatform\nproduction-database.corp.example,WindowsServer2016\n";
    let devices = format!("{DEVICES}1,PRODUCTION-DATA,CORP,True,\n");
    let found = joined(&[("hunting.csv", hunting), ("devices.csv", &devices)], &Joining::default());
    assert_eq!(hosts(&found), ["production-database.corp.example"]);
    assert_eq!(found.ambiguities.len(), 1);
}

#[test]
fn an_address_joins_nothing() {
    let hunting =
        "DeviceName,OSPlatform,PublicIP\na.corp.example,WindowsServer2016,192.0.2.1\n192.0.2.1,WindowsServer2016,192.0.2.1\n";
    let found = joined(&[("hunting.csv", hunting)], &Joining::default());
    assert_eq!(hosts(&found), ["a.corp.example"]);
}

fn machine(id: &str, health: &str, version: &str, seen: &str) -> String {
    format!(
        r#"{{"id":"{id}","computerDnsName":"a.corp.example","osPlatform":"WindowsServer2016","agentVersion":"{version}","healthStatus":"{health}","lastSeen":"{seen}"}}"#
    )
}

#[test]
fn of_twins_the_living_one_counts() {
    let text = format!(
        "[{},{}]",
        machine(ONE, "Inactive", "10.3720.1.1", "2025-11-20T06:00:00Z"),
        machine(TWO, "Active", "10.8805.1.1", "2025-11-20T05:00:00Z")
    );
    let found = joined(&[("api.json", &text)], &Joining::default());
    assert_eq!(hosts(&found), ["a.corp.example"]);
    assert_eq!(fact(&found.servers[0], "sense.version"), "10.8805.1.1 by api.json, row 2");
    assert_eq!(found.left_out, [(0, "an inactive twin of a living record", 1)]);
}

#[test]
fn of_twins_that_both_live_nothing_is_believed() {
    let text = format!(
        "[{},{}]",
        machine(ONE, "Active", "10.3720.1.1", "2025-11-20T06:00:00Z"),
        machine(TWO, "Active", "10.8805.1.1", "2025-11-20T05:00:00Z")
    );
    let devices = format!("{DEVICES}1,A,CORP,True,\n");
    let found = joined(&[("api.json", &text), ("devices.csv", &devices)], &Joining::default());
    let [server] = found.servers.as_slice() else { panic!("one server") };
    assert_eq!(fact(server, "sense.version"), "? there are two living records of this server (api.json, row 1)");
    assert_eq!(fact(server, "mecm.client"), "true by devices.csv:2");
    assert_eq!(found.ambiguities.len(), 1);
}

#[test]
fn of_one_producer_the_newer_row_counts_and_of_two_none() {
    let text = format!(
        "[{},{}]",
        machine(ONE, "Active", "10.3720.1.1", "2025-11-01T06:00:00Z"),
        machine(ONE, "Active", "10.8805.1.1", "2025-11-20T05:00:00Z")
    );
    let found = joined(&[("api.json", &text)], &Joining::default());
    assert_eq!(fact(&found.servers[0], "sense.version"), "10.8805.1.1 by api.json, row 2");

    let devices = "ResourceID,Name,IsClient,DeviceOS,DeviceOSBuild,LastActiveTime\n1,A,True,Microsoft Windows NT Server 6.3,6.3.9600.0,2025-11-20 06:00:00\n";
    let found = joined(&[("api.json", &text), ("devices.csv", devices)], &Joining::default());
    assert_eq!(
        fact(&found.servers[0], "os.release"),
        "? the sources contradict each other: api.json, row 1 of 2025-11-01T06:00:00Z says 2016, devices.csv:2 of 2025-11-20T06:00:00Z says 2012r2"
    );
}

#[test]
fn a_build_with_its_revision_says_more_than_one_without() {
    let hunting = "DeviceName,OSPlatform,OSBuild\na.corp.example,WindowsServer2016,14393\n";
    let devices = "ResourceID,Name,IsClient,DeviceOS,DeviceOSBuild\n1,A,True,Microsoft Windows NT Server 10.0,10.0.14393.6897\n";
    for files in [[("h.csv", hunting), ("d.csv", devices)], [("d.csv", devices), ("h.csv", hunting)]] {
        let found = joined(&files, &Joining::default());
        assert_eq!(fact(&found.servers[0], "os.build"), "10.0.14393.6897 by d.csv:2");
    }
}

#[test]
fn what_is_too_old_or_of_unknown_age_is_not_known() {
    let text = format!("[{}]", machine(ONE, "Active", "10.8805.1.1", "2025-11-20T06:00:00Z"));
    let programs = "Netbios_Name0,DisplayName0,Publisher0\nA,Microsoft Monitoring Agent,Microsoft Corporation\n";
    let at = |text: &str| text.parse::<Timestamp>().expect("a time");
    let old = |now| Joining { max_age: Some((SignedDuration::from_hours(24), at(now))), ..Joining::default() };
    let files = [("api.json", text.as_str()), ("programs.csv", programs)];
    let found = joined(&files, &old("2025-11-21T06:00:00Z"));
    assert_eq!(fact(&found.servers[0], "sense.installed"), "true by api.json, row 1");
    assert_eq!(fact(&found.servers[0], "mma.installed"), "? its age is not known (programs.csv:2)");
    let found = joined(&files, &old("2025-11-23T07:00:00Z"));
    assert_eq!(fact(&found.servers[0], "sense.installed"), "? recorded 3 days ago, which is too old (api.json, row 1)");
}

#[test]
fn every_row_is_used_or_accounted_for() {
    let text = format!("[{},{}]", machine(ONE, "Inactive", "10.3720.1.1", ""), machine(TWO, "Active", "10.8805.1.1", ""));
    let mut reading = Reading::new(catalog().vocabulary());
    let hunting = "DeviceName,OSPlatform\na.corp.example,WindowsServer2016\npc.corp.example,Windows11\n,WindowsServer2016\n";
    for (name, text) in [("api.json", text.as_str()), ("hunting.csv", hunting)] {
        reading.read(&Source { name: name.to_owned(), bytes: text.into() }, &Options::default()).expect("exports");
    }
    let found = estate(catalog().vocabulary(), &reading.parts, &Joining::default());
    let left_out: u64 = found.left_out.iter().map(|(.., rows)| rows).sum();
    let ignored: u64 = reading.parts.iter().flat_map(|part| part.ignored.values()).sum();
    let rows: u64 = reading.parts.iter().map(|part| part.rows).sum();
    assert_eq!((rows, ignored, left_out), (5, 2, 1));
    assert_eq!(reading.parts.iter().map(cutover::inventory::Part::used).sum::<u64>(), rows - ignored);
}
