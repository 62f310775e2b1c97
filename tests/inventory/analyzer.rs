//! The results of the client analyzer, as a folder and as a zip.

use super::said::{of, part, part_of, read, said};
use cutover::inventory::{InventoryError, Part};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const FOLDER: &str = "07-analyzer/MDEClientAnalyzerResult";
const FILES: [&str; 6] = [
    "AddRemovePrograms.csv",
    "AddRemoveProgramsWOW64.csv",
    "InstalledUpdates.txt",
    "MDEClientAnalyzer.xml",
    "RegOnboardedInfoCurrent.Json",
    "dsregcmd.txt",
];

fn log(name: &str) -> Part<'static> {
    part(&format!("{FOLDER}/SystemInfoLogs/{name}"))
}

#[test]
fn the_results_tell_facts_apart_that_have_one_name() {
    let results = log("MDEClientAnalyzer.xml");
    assert_eq!((results.format, results.rows, results.used()), ("analyzer-results", 1, 1));
    assert_eq!(
        said(&results, "srv-sql02"),
        [
            "attach.enrolled: false",
            "defender.mode: active",
            "defender.platform: 4.18.2001.10",
            "defender.service: running",
            "defender.tamper_protection: false",
            "mma.installed: true",
            "mma.sensor: true",
            "os.build: 10.0.14393.6897",
            "os.core: false",
            "os.release: 2016",
            "os.x64: true",
            "sense.installed: false",
            "sense.org: 9b1d0c2e-0000-4000-8000-00000000feed",
            "sense.version: 10.3720.16299.2028",
        ]
    );
    let record = &results.records[0];
    assert_eq!(record.identity.mde.as_deref(), Some("408e4c9bcb759d41d2bca6a9e154f2e00be56be3"));
    assert_eq!(record.identity.folder.as_deref(), Some(FOLDER));
    assert_eq!(record.seen.at().expect("a time").to_string(), "2025-11-20T05:02:11Z");
}

#[test]
fn programs_are_read_in_whatever_order_their_columns_come() {
    let programs = log("AddRemovePrograms.csv");
    assert_eq!((programs.format, programs.rows, programs.used()), ("analyzer-programs", 2, 2));
    assert_eq!(
        said(&programs, FOLDER),
        [
            "mma.installed: true",
            "third_party.products: ? `Contoso Endpoint Shield` of `Contoso AV Ltd.` may be an antivirus; if so, say it with a mapping",
        ]
    );
}

#[test]
fn a_list_of_no_programs_is_no_error_and_says_nothing() {
    let programs = log("AddRemoveProgramsWOW64.csv");
    assert_eq!((programs.format, programs.rows, programs.notices.len()), ("analyzer-programs", 0, 0));
}

#[test]
fn of_printed_updates_only_the_number_is_read() {
    let updates = log("InstalledUpdates.txt");
    assert_eq!(
        (updates.format, updates.rows, updates.used()),
        ("powershell-updates-text", 1, 0),
        "of this update there is no fact"
    );
    let text = "\r\nSource        Description      HotFixID      InstalledBy\r\n------        -----------      --------      -----------\r\n\
                SRV-SQL02     Sicherheitsüber… KB5005698     NT-AUTORITÄT\\SYSTEM\r\nSRV-SQL02\r\n";
    let updates = part_of("X/SystemInfoLogs/InstalledUpdates.txt", text);
    assert_eq!((said(&updates, "X"), updates.rows, updates.used()), (vec!["update.ssu_2021_09: true".to_owned()], 2, 1));
}

#[test]
fn an_onboarding_that_was_given_proves_no_sensor() {
    let given = log("RegOnboardedInfoCurrent.Json");
    assert_eq!(
        said(&given, FOLDER),
        ["sense.org: ? the server was given an onboarding, which does not say that a sensor took it"]
    );
}

#[test]
fn how_a_device_is_joined_is_passed_over_with_a_reason() {
    let join = log("dsregcmd.txt");
    assert_eq!((join.format, join.rows, join.used()), ("analyzer-join", 1, 0));
    assert_eq!(join.ignored.keys().collect::<Vec<_>>(), ["no fact is about how a device is joined"]);
}

#[test]
fn a_zip_says_what_the_folder_says() {
    let zip = read(&["07-analyzer/MDEClientAnalyzerResult.zip"]);
    let paths: Vec<_> = FILES.iter().map(|file| format!("{FOLDER}/SystemInfoLogs/{file}")).collect();
    let folder = read(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(zip.parts.len(), folder.parts.len());
    for of_folder in &folder.parts {
        let name = of_folder.file.rsplit('/').next().expect("a name");
        let of_zip = zip.parts.iter().find(|part| part.file.ends_with(&format!("!SystemInfoLogs/{name}"))).expect("the entry");
        assert_eq!((of_zip.format, of_zip.rows), (of_folder.format, of_folder.rows), "{name}");
        let archive = "07-analyzer/MDEClientAnalyzerResult.zip";
        assert_eq!(said(of_zip, archive), said(of_folder, FOLDER), "{name}");
    }
}

fn results(facts: &str) -> Vec<String> {
    let name = "<devInfo><deviceName displayName='Device name'><value>SRV</value></deviceName></devInfo>";
    said(&part_of("X/SystemInfoLogs/MDEClientAnalyzer.xml", format!("<MDEResults>{name}{facts}</MDEResults>")), "srv")
}

#[test]
fn the_unified_solution_is_there_when_sensor_and_uninstall_entry_are() {
    let both = |version: &str, uninstall: &str| {
        let facts = format!(
            "<EDRCompInfo><SenseVersion><value>{version}</value></SenseVersion><MDfWSState><value>{uninstall}</value></MDfWSState></EDRCompInfo>"
        );
        let mut lines = results(&facts);
        lines.retain(|line| line.starts_with("sense.installed"));
        lines
    };
    assert_eq!(both("10.8805.26100.1", "YES"), ["sense.installed: true"]);
    assert_eq!(both("", "NO"), ["sense.installed: false"]);
    let other =
        "sense.installed: ? the client analyzer found some product named Microsoft Defender for …, and no version of its sensor";
    assert_eq!(both("10.3720.16299.2028", "YES"), [other]);
    let torn = "sense.installed: ? the client analyzer found a unified sensor, and nothing to uninstall it";
    assert_eq!(both("10.8805.26100.1", "NO"), [torn]);
}

#[test]
fn a_state_under_another_name_is_not_taken_for_the_mode() {
    let state = |shown: &str, value: &str| {
        results(&format!("<AVCompInfo><DefenderState displayName='{shown}'><value>{value}</value></DefenderState></AVCompInfo>"))
    };
    assert_eq!(state("Defender AV Start Type", "Active"), [""; 0]);
    assert_eq!(state("Defender AV mode", "Passive (Forced)"), ["defender.mode: passive", "defender.service: running"]);
    assert_eq!(state("Defender AV mode", "Odd"), ["defender.mode: ? the client analyzer says `Odd`"]);
    let twice = "<AVCompInfo><AVPlatformVersion><value>4.18.1.1</value></AVPlatformVersion><AVPlatformVersion><value>4.18.1.2</value></AVPlatformVersion></AVCompInfo>";
    assert_eq!(results(twice), [""; 0], "of two values none can be told to be the right one");
    let stopped = "<AVCompInfo><DefenderServiceStatus><value>Stopped</value></DefenderServiceStatus></AVCompInfo>";
    assert_eq!(results(stopped), ["defender.service: ? the client analyzer does not say both whether it runs and how it starts"]);
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        zip.write_all(bytes).expect("its bytes");
    }
    zip.finish().expect("a zip").into_inner()
}

fn refused(files: &[(&str, &[u8])]) -> InventoryError {
    of("a.zip", zip(files)).expect_err("an error")
}

#[test]
fn an_archive_that_is_made_to_harm_is_refused() {
    let small: &[u8] = b"\"DisplayName\",\"DisplayVersion\",\"Publisher\"\r\n";
    for name in
        ["../SystemInfoLogs/AddRemovePrograms.csv", "SystemInfoLogs\\..\\..\\AddRemovePrograms.csv", "/etc/AddRemovePrograms.csv"]
    {
        let error = refused(&[("SystemInfoLogs/AddRemovePrograms.csv", small), (name, small)]);
        assert!(error.message().ends_with("which leads out of the archive"), "{name}: {error}");
    }
    let zeros = vec![0; 65 << 20];
    let error = refused(&[("SystemInfoLogs/AddRemovePrograms.csv", &zeros)]);
    assert_eq!(error.message(), "unpacks to more than the 64 MiB that are read at most");
    assert_eq!(error.place().file, "a.zip!SystemInfoLogs/AddRemovePrograms.csv");
    let halves = vec![b' '; 40 << 20];
    let error = refused(&[
        ("SystemInfoLogs/dsregcmd.txt", &[&b"+--\r\n| Device State\r\nAzureAdJoined"[..], &halves].concat()),
        ("SystemInfoLogs/AddRemovePrograms.csv", &halves),
    ]);
    assert!(error.message().starts_with("unpacks to more than the "), "{error}");
    let entity = b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><MDEResults>&a;</MDEResults>";
    let error = refused(&[("SystemInfoLogs/MDEClientAnalyzer.xml", entity)]);
    assert_eq!(error.message(), "declares a document type, which no export does");
}

#[test]
fn an_archive_is_read_for_what_is_known_alone() {
    let results: &[u8] = b"<MDEResults><devInfo><deviceName><value>SRV</value></deviceName></devInfo></MDEResults>";
    let reading =
        of("a.zip", zip(&[("MDEClientAnalyzer.htm", b"<html>"), ("SRV\\SystemInfoLogs\\MDEClientAnalyzer.xml", results)]));
    let parts = reading.expect("a reading").parts;
    assert_eq!(parts.len(), 1);
    assert_eq!(parts[0].records[0].identity.folder.as_deref(), Some("a.zip!SRV"));
    assert_eq!(refused(&[("x.evtx", b"x")]).message(), "holds no file that is known");
}
