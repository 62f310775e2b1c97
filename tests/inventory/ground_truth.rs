//! Six servers of which each export says a part: all exports together come to what is true of them, and no further.

use super::said::catalog;
use cutover::inventory::{Estate, Joining, Options, Reading, Server, Source, estate};
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Everything that the fixtures say, in this order of the files or the other way round.
fn everything(backwards: bool) -> (Reading<'static>, Estate) {
    let root = Path::new("fixtures/inventory");
    let mut paths = files(root);
    if backwards {
        paths.reverse();
    }
    let mut reading = Reading::new(catalog().vocabulary());
    let mut unknown = Vec::new();
    for path in paths {
        let name = path.strip_prefix(root).expect("below it").to_str().expect("a name").to_owned();
        let source = Source { bytes: fs::read(&path).expect("the fixture"), name };
        match reading.read(&source, &Options::default()) {
            Ok(()) => {}
            Err(error) if error.is_of_no_kind() => unknown.push(source.name),
            Err(error) => panic!("{}: {error}", error.place()),
        }
    }
    unknown.sort();
    assert_eq!(
        unknown,
        [
            "07-analyzer/MDEClientAnalyzerResult/MDEClientAnalyzer.htm",
            "08-cmdb/lansweeper-report.csv",
            "08-cmdb/rvtools.vInfo.csv",
            "08-cmdb/servicenow.cmdb_ci_win_server.csv",
        ]
    );
    let found = estate(catalog().vocabulary(), &reading.parts, &Joining::default());
    (reading, found)
}

fn server<'e>(estate: &'e Estate, host: &str) -> &'e Server {
    estate.servers.iter().find(|server| server.host == host).unwrap_or_else(|| panic!("no {host}"))
}

/// A fact as `name value`, or the reason why it is not known.
fn fact(server: &Server, name: &str) -> String {
    let id = catalog().vocabulary().find(name).expect("a fact");
    match server.facts().iter().find(|learned| learned.fact == id) {
        Some(learned) => format!("{name} {}", learned.value),
        None => server.unknown().find(|(fact, _)| *fact == id).expect("known or not").1.to_string(),
    }
}

fn has(server: &Server, expected: &[&str]) {
    for line in expected {
        let name = line.split(' ').next().expect("a name");
        assert_eq!(&fact(server, name), line, "{}", server.host);
    }
}

fn has_not(server: &Server, names: &[&str]) {
    for name in names {
        let id = catalog().vocabulary().find(name).expect("a fact");
        assert!(server.facts().iter().all(|learned| learned.fact != id), "{}: {name}", server.host);
    }
}

#[test]
fn the_six_servers_come_out_as_they_are() {
    let (_, estate) = everything(false);
    let full = |name: &str| format!("{name}.corp.fabrikam.example");
    let mut hosts: Vec<&str> = estate.servers.iter().map(|server| server.host.as_str()).collect();
    hosts.sort_unstable();
    let expected = [
        full("srv-app01"),
        full("srv-az05"),
        "srv-az06".to_owned(),
        "srv-file04".to_owned(),
        full("srv-sql02"),
        full("srv-tagged"),
        full("srv-web03"),
    ];
    assert_eq!(hosts, expected);
    assert_eq!(estate.ambiguities, []);

    // 2012 R2 with the old sensor and SCEP, under Configuration Manager.
    let app = server(&estate, &full("srv-app01"));
    has(
        app,
        &[
            "os.release 2012r2",
            "os.build 6.3.9600.21503",
            "os.core false",
            "mma.sensor true",
            "mma.installed true",
            "scep.installed true",
            "mecm.client true",
            "mecm.manages_endpoint_protection true",
            "update.april_2014_rollup true",
            "update.ucrt true",
        ],
    );
    has_not(app, &["sense.installed", "defender.mode", "third_party.products", "mma.workspaces", "reboot.pending"]);

    // 2016 with the old sensor; Ansible and the client analyzer contradict each other, and the product is none that is known.
    let sql = server(&estate, &full("srv-sql02"));
    has(
        sql,
        &["os.release 2016", "mma.sensor true", "mecm.client true", "defender.platform 4.18.2001.10", "defender.feature removed"],
    );
    let conflict = fact(sql, "defender.service");
    assert!(
        conflict.starts_with("the sources contradict each other: ")
            && conflict.contains("MDEClientAnalyzer.xml")
            && conflict.contains("registered-results.srv-sql02.json"),
        "{conflict}"
    );
    let product = fact(sql, "third_party.products");
    assert!(product.contains("may be an antivirus"), "{product}");

    // 2016 with the unified solution, Defender passive, Azure Arc, managed by Defender.
    has(
        server(&estate, &full("srv-web03")),
        &[
            "os.release 2016",
            "os.build 10.0.14393.6897",
            "sense.installed true",
            "sense.onboarded true",
            "mma.sensor false",
            "defender.mode passive",
            "defender.tamper_protection true",
            "azure.arc true",
            "azure.vm false",
            "attach.enrolled true",
            "mecm.client false",
        ],
    );

    // Only ever seen by others.
    let file = server(&estate, "srv-file04");
    has(file, &["os.release 2012r2", "sense.onboarded false"]);
    has_not(file, &["sense.installed", "mma.installed", "scep.installed", "defender.mode", "mecm.client", "azure.vm"]);

    // In Azure, with the plan and without the unified setting.
    has(
        server(&estate, &full("srv-az05")),
        &[
            "os.release 2016",
            "mma.sensor true",
            "azure.vm true",
            "azure.antimalware true",
            "azure.defender_plan p2",
            "azure.unified_setting false",
        ],
    );

    // Stopped: its image says what it was made from, and nothing what it is.
    let stopped = server(&estate, "srv-az06");
    has(stopped, &["azure.vm true", "azure.defender_plan p2"]);
    has_not(stopped, &["os.release", "os.build", "sense.installed", "mma.installed", "azure.antimalware"]);
}

#[test]
fn what_is_not_whole_is_said_and_every_row_is_accounted_for() {
    let (reading, estate) = everything(false);
    let notices: Vec<&str> = reading.parts.iter().flat_map(|part| &part.notices).map(String::as_str).collect();
    assert!(notices.contains(&"holds 3 of 412 rows: servers that are missing here may be in the rest"), "{notices:?}");
    for part in &reading.parts {
        let ignored: u64 = part.ignored.values().sum();
        assert_eq!(part.rows, part.used() + ignored, "{}", part.file);
    }
    let twins: u64 = estate.left_out.iter().filter(|(_, reason, _)| reason.contains("twin")).map(|(.., rows)| rows).sum();
    assert_eq!(twins, 3, "the inactive record of srv-sql02 in the API and in both exports of the portal");
}

#[test]
fn the_order_of_the_files_makes_no_difference_to_what_is_known() {
    let (_, forwards) = everything(false);
    let (_, backwards) = everything(true);
    assert_eq!(forwards.servers.len(), backwards.servers.len());
    for one in &forwards.servers {
        let other = server(&backwards, &one.host);
        let known =
            |server: &Server| server.facts().iter().map(|learned| (learned.fact, learned.value.clone())).collect::<Vec<_>>();
        assert_eq!(known(one), known(other), "{}", one.host);
    }
}
