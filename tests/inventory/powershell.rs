//! Folders of what PowerShell says on each host.

use super::said::{catalog, of, part, part_of, said};
use cutover::inventory::{DateOrder, Joining, Options, Reading, Source, estate};

const APP: &str = "06-powershell/SRV-APP01";
const WEB: &str = "06-powershell/SRV-WEB03";

#[test]
fn services_are_of_the_server_whose_folder_it_is() {
    let list = part("06-powershell/SRV-APP01/Get-Service.ps51.utf16le.json");
    assert_eq!((list.format, list.rows, list.used()), ("powershell-services", 2, 2));
    assert_eq!(said(&list, APP), ["mma.installed: true", "scep.installed: true"]);
    assert!(list.records.iter().all(|record| record.identity.short.is_none()), "a dot names no server");
    let alone = part("06-powershell/SRV-APP01/Get-Service.single-object.ps51.utf16le.json");
    assert_eq!((alone.rows, said(&alone, APP)), (1, vec!["scep.installed: true".to_owned()]));
}

#[test]
fn services_come_as_numbers_as_words_and_as_both() {
    let expected = ["defender.service: stopped", "sense.autostart: false", "sense.installed: true"];
    let csv = "#TYPE System.ServiceProcess.ServiceController\r\n\"Name\",\"Status\",\"StartType\",\"MachineName\"\r\n\
               \"WinDefend\",\"Stopped\",\"Automatic\",\".\"\r\n\"Sense\",\"Stopped\",\"Manual\",\".\"\r\n\"Spooler\",\"Running\",\"Automatic\",\".\"\r\n";
    let numbers = r#"[{"Name": "WinDefend", "Status": 1, "StartType": 2}, {"Name": "Sense", "Status": 1, "StartType": 3}]"#;
    let both = r#"[{"Name": "WinDefend", "Status": {"value": 1, "Value": "Stopped"}, "StartType": {"value": 2, "Value": "Automatic"}},
                   {"Name": "Sense", "Status": {"value": 1, "Value": "Stopped"}, "StartType": {"value": 3, "Value": "Manual"}}]"#;
    let clixml = "<Objs><Obj RefId='0'><Props><S N='Name'>WinDefend</S><Obj N='Status' RefId='1'><ToString>Stopped</ToString><I32>1</I32></Obj>\
                  <Obj N='StartType' RefId='2'><ToString>Automatic</ToString><I32>2</I32></Obj></Props></Obj>\
                  <Obj RefId='3'><Props><S N='Name'>Sense</S><Ref N='Status' RefId='1'/>\
                  <Obj N='StartType' RefId='4'><ToString>Manual</ToString><I32>3</I32></Obj></Props></Obj></Objs>";
    for text in [csv, numbers, both, clixml] {
        let part = part_of("SRV/services.txt", text);
        assert_eq!((part.format, said(&part, "SRV")), ("powershell-services", expected.map(str::to_owned).to_vec()), "{text}");
    }
    let part = part_of("SRV/services.csv", csv);
    assert_eq!(part.ignored.values().sum::<u64>() + part.used(), part.rows);
}

#[test]
fn a_service_without_its_start_type_does_not_say_all() {
    let old = part_of(
        "SRV/a.json",
        r#"[{"Name": "Sense", "Status": 1, "MachineName": "."}, {"Name": "WinDefend", "Status": 1, "MachineName": "."}]"#,
    );
    assert_eq!(
        said(&old, "SRV"),
        [
            "defender.service: ? the source does not say both whether it runs and how it starts",
            "sense.autostart: ? the source does not say how the service Sense starts",
            "sense.installed: true",
        ]
    );
    let wmi =
        part_of("SRV/a.json", r#"[{"Name": "WinDefend", "State": "Stopped", "StartMode": "Disabled", "SystemName": "SRV1"}]"#);
    assert_eq!((wmi.format, said(&wmi, "srv1")), ("powershell-wmi-services", vec!["defender.service: disabled".to_owned()]));
}

#[test]
fn updates_are_read_whatever_their_dates_look_like() {
    let json = part("06-powershell/SRV-APP01/Get-HotFix.ps51.utf16le.json");
    assert_eq!((json.format, json.rows), ("powershell-updates", 2));
    assert_eq!(said(&json, "srv-app01"), ["update.april_2014_rollup: true", "update.ucrt: true"]);
    let csv = part("06-powershell/SRV-APP01/Get-HotFix.ps51.typeheader.csv");
    assert_eq!(said(&csv, "srv-app01"), ["update.april_2014_rollup: true"]);
    for part in [json, csv] {
        assert!(part.records.iter().all(|record| record.seen.at().is_none() && record.identity.folder.as_deref() == Some(APP)));
        assert!(part.notices.is_empty(), "{:?}", part.notices);
    }
}

#[test]
fn the_operating_system_has_no_revision() {
    let part = part("06-powershell/SRV-APP01/Win32_OperatingSystem.ps51.utf16le.json");
    assert_eq!(part.format, "powershell-system");
    assert_eq!(said(&part, "srv-app01"), ["os.build: 6.3.9600", "os.release: 2012r2", "os.role: member_server", "os.x64: true"]);
    let seen = part.records[0].seen.at().expect("a time");
    assert_eq!(seen.to_string(), "2025-11-20T06:00:00Z");
}

#[test]
fn a_caption_in_another_language_and_a_time_of_wmi_are_read() {
    let system = r#"{"Caption": "Майкрософт Windows Server 2016 Standard", "CSName": "DC1", "Version": "10.0.14393", "ProductType": 2,
                     "OSArchitecture": "64 бит", "LocalDateTime": "20251120070000.000000+060"}"#;
    let part = part_of("DC1/os.json", system);
    assert_eq!(said(&part, "dc1"), ["os.build: 10.0.14393", "os.release: 2016", "os.role: domain_controller", "os.x64: true"]);
    assert_eq!(part.records[0].seen.at().expect("a time").to_string(), "2025-11-20T06:00:00Z");
}

#[test]
fn a_registry_key_is_known_by_its_path() {
    let part = part("06-powershell/SRV-APP01/reg.CurrentVersion.ps51.utf16le.json");
    assert_eq!((part.format, part.rows, part.used()), ("powershell-registry", 1, 1));
    assert_eq!(said(&part, APP), ["os.build: 6.3.9600.21503", "os.core: false", "os.release: 2012r2", "os.x64: true"]);
}

fn key(path: &str, values: &str) -> Vec<String> {
    let path = path.replace('\\', "\\\\");
    let text =
        format!(r#"{{{values}, "PSPath": "Microsoft.PowerShell.Core\\Registry::{path}", "PSProvider": {{"Name": "Registry"}}}}"#);
    let part = part_of("SRV/key.json", text);
    let ignored = part.ignored.keys().map(|reason| format!("ignored: {reason}"));
    said(&part, "SRV").into_iter().chain(ignored).collect()
}

#[test]
fn each_key_says_what_it_is_about_and_no_more() {
    const MACHINE: &str = r"HKEY_LOCAL_MACHINE\SOFTWARE\";
    let software = |rest: &str, values: &str| key(&format!("{MACHINE}{rest}"), values);
    assert_eq!(
        software(r"Microsoft\Windows Advanced Threat Protection\Status", r#""OnboardingState": 1, "OrgId": "o-1""#),
        ["sense.onboarded: true", "sense.org: o-1"]
    );
    assert_eq!(software(r"Microsoft\SenseCM", r#""EnrollmentStatus": 4"#), ["attach.enrolled: false"]);
    assert_eq!(
        software(r"Microsoft\SenseCM", r#""EnrollmentStatus": 99"#),
        ["attach.enrolled: ? `99` is no enrollment status that is known"]
    );
    assert_eq!(
        key(r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Sense", r#""Start": 2, "DisplayName": "x""#),
        ["sense.autostart: true"]
    );
    let policies = r"Policies\Microsoft\Windows Defender";
    let one = "policy.disable_antispyware: ? one of its two values is 0, and of the other nothing is said";
    assert_eq!(software(policies, r#""DisableAntiSpyware": 0"#), [one]);
    assert_eq!(software(policies, r#""DisableAntiSpyware": 0, "DisableAntiVirus": 0"#), ["policy.disable_antispyware: false"]);
    assert_eq!(software(policies, r#""DisableAntiSpyware": 0, "DisableAntiVirus": 1"#), ["policy.disable_antispyware: true"]);
    let about = "ignored: a key of the registry that no fact is about";
    assert_eq!(software(r"Microsoft\Windows Defender", r#""DisableAntiSpyware": 1"#), [about]);
    let user = "ignored: a key of the registry that is not the whole machine's";
    assert_eq!(key(r"HKEY_CURRENT_USER\SOFTWARE\Policies\Microsoft\Windows Defender", r#""DisableAntiSpyware": 1"#), [user]);
}

#[test]
fn uninstall_keys_are_installed_software() {
    let uninstall = |name: &str, values: &str| {
        key(&format!(r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\{name}"), values)
    };
    let client = r#""DisplayName": "Microsoft Security Client", "DisplayVersion": "4.10.209.0""#;
    assert_eq!(uninstall("Microsoft Security Client", client), ["scep.installed: true"]);
    let agent =
        r#""DisplayName": "Microsoft Monitoring Agent", "DisplayVersion": "10.20.18069.0", "Publisher": "Microsoft Corporation""#;
    assert_eq!(uninstall("{90120000}", agent), ["mma.installed: true"]);
    assert_eq!(uninstall("7-Zip", r#""DisplayName": "7-Zip", "Publisher": "Igor""#), ["ignored: software that no fact is about"]);
}

#[test]
fn a_file_is_no_key_of_the_registry() {
    let text = r#"{"PSPath": "Microsoft.PowerShell.Core\\FileSystem::C:\\x", "PSProvider": {}, "PSChildName": "x", "Start": 2}"#;
    let part = part_of("SRV/item.json", text);
    assert_eq!((part.rows, part.used()), (1, 0));
}

#[test]
fn the_state_of_the_antivirus_is_the_same_in_every_file() {
    let expected = [
        "defender.mode: passive",
        "defender.platform: 4.18.25100.9006",
        "defender.service: running",
        "defender.signature_age: 0",
        "defender.tamper_protection: true",
    ];
    for (file, server) in [
        ("Get-MpComputerStatus.ps51.utf16le.json", "srv-web03"),
        ("Get-MpComputerStatus.clixml.utf16le.xml", "srv-web03"),
        ("Get-MpComputerStatus.ps7.utf8.json", WEB),
    ] {
        let part = part(&format!("06-powershell/SRV-WEB03/{file}"));
        assert_eq!((part.format, part.rows), ("powershell-antivirus", 1), "{file}");
        assert_eq!(said(&part, server), expected, "{file}");
        assert_eq!(part.records[0].identity.folder.as_deref(), Some(WEB), "{file}");
    }
}

#[test]
fn a_property_that_is_missing_is_not_false() {
    let part = part_of(
        "SRV/a.json",
        r#"{"AMProductVersion": "4.10.14393.2515", "AMServiceEnabled": true, "AntivirusSignatureAge": 65535}"#,
    );
    assert_eq!(
        said(&part, "SRV"),
        [
            "defender.platform: 4.10.14393.2515",
            "defender.service: running",
            "defender.signature_age: ? no security intelligence was ever installed",
        ]
    );
    let could: Vec<_> = part.could.iter().map(|fact| catalog().vocabulary().name(*fact)).collect();
    assert!(!could.contains(&"defender.tamper_protection") && !could.contains(&"defender.mode"), "{could:?}");
}

#[test]
fn an_age_needs_the_time_of_its_row() {
    let part = part_of(
        "SRV/a.json",
        r#"{"AMProductVersion": "4.18.1.1", "AMServiceEnabled": false, "AntivirusSignatureLastUpdated": "/Date(0)/"}"#,
    );
    assert_eq!(
        said(&part, "SRV"),
        [
            "defender.platform: 4.18.1.1",
            "defender.service: ? it does not run, and whether it is stopped or disabled is not said",
            "defender.signature_age: ? when the security intelligence was updated is said, but not when the state was recorded",
        ]
    );
}

#[test]
fn the_rows_of_cmpivot_name_their_servers() {
    let csv = "Device,AMProductVersion,AMRunningMode,AMServiceEnabled,IsTamperProtected\nSRV-A,4.18.1.1,Normal,True,False\nSRV-B,4.18.1.2,Not running,False,\n";
    let part = part_of("exports/EPStatus.csv", csv);
    assert_eq!((part.format, part.used()), ("cmpivot-antivirus", 2));
    assert!(part.records.iter().all(|record| record.identity.folder.is_none()));
    assert!(said(&part, "srv-a").contains(&"defender.tamper_protection: false".to_owned()));
    let b = said(&part, "srv-b");
    assert!(b.contains(&"defender.mode: none".to_owned()) && !b.iter().any(|line| line.contains("tamper")), "{b:?}");
}

/// The servers of some files with the files that say something of each.
fn servers(files: &[(&str, &str)]) -> (Vec<(String, usize)>, Vec<&'static str>) {
    let mut reading = Reading::new(catalog().vocabulary());
    for (name, text) in files {
        reading.read(&Source { name: (*name).to_owned(), bytes: (*text).into() }, &Options::default()).expect("a reading");
    }
    let estate = estate(catalog().vocabulary(), &reading.parts, &Joining::default());
    let servers = estate.servers.iter().map(|server| (server.host.clone(), server.sources().len())).collect();
    (servers, estate.left_out.iter().map(|(_, reason, _)| *reason).collect())
}

#[test]
fn the_files_of_a_folder_are_about_one_server() {
    let status =
        r#"{"AMProductVersion": "4.18.1.1", "AMServiceEnabled": true, "CimSystemProperties": {"ServerName": "SRV-APPLICATION"}}"#;
    let system = r#"{"Caption": "Microsoft Windows Server 2016 Standard", "Version": "10.0.14393", "PSComputerName": "srv-application1.corp.example", "BuildNumber": "14393"}"#;
    let service = r#"{"Name": "CcmExec", "Status": 4, "StartType": 2}"#;
    let folder = [("x/A/status.json", status), ("x/A/os.json", system), ("x/A/services.json", service)];
    assert_eq!(servers(&folder), (vec![("srv-application1.corp.example".to_owned(), 3)], vec![]));
    assert_eq!(servers(&[("x/SRV-B/services.json", service)]), (vec![("srv-b".to_owned(), 1)], vec![]));
}

#[test]
fn a_folder_with_files_of_several_servers_names_none() {
    let both = r#"[{"AMProductVersion": "4.18.1.1", "AMServiceEnabled": true, "PSComputerName": "srv-a.corp.example"},
                   {"AMProductVersion": "4.18.1.2", "AMServiceEnabled": true, "PSComputerName": "srv-b.corp.example"}]"#;
    let of_a = r#"{"HotFixID": "KB2919355", "CSName": "SRV-A"}"#;
    let of_none = r#"{"Name": "CcmExec", "Status": 4, "StartType": 2}"#;
    let expected = vec![("srv-a.corp.example".to_owned(), 2), ("srv-b.corp.example".to_owned(), 1)];
    let found = servers(&[("x/status.json", both), ("x/a.json", of_a), ("x/services.json", of_none)]);
    assert_eq!(found, (expected, vec!["names no server, and its folder holds those of several"]));
}

#[test]
fn a_feature_is_known_by_its_word_and_by_the_numbers_of_server_manager() {
    for (row, expected) in [
        (r#""Name": "Windows-Defender", "InstallState": 1"#, "defender.feature: enabled"),
        (r#""Name": "Windows-Defender", "InstallState": "Available""#, "defender.feature: disabled"),
        (r#""Name": "Windows-Defender", "InstallState": 5"#, "defender.feature: removed"),
        (r#""Name": "Windows-Defender", "InstallState": 9"#, "defender.feature: ? `9` is no state of a feature that is known"),
        (r#""FeatureName": "Windows-Defender", "State": "EnablePending""#, "defender.feature: pending"),
        (r#""FeatureName": "Windows-Defender", "State": "DisabledWithPayloadRemoved""#, "defender.feature: removed"),
        (r#""FeatureName": "Windows-Defender", "State": 2"#, "defender.feature: ? `2` is no state of a feature that is known"),
    ] {
        let part = part_of("SRV/features.json", format!("[{{{row}}}, {{{}}}]", row.replace("Defender", "Defender-Features")));
        assert_eq!((said(&part, "SRV"), part.rows, part.used()), (vec![expected.to_owned()], 2, 1), "{row}");
    }
}

#[test]
fn what_a_command_says_instead_of_an_answer_is_a_reason() {
    let missing = "Get-MpComputerStatus : The term 'Get-MpComputerStatus' is not recognized as the name of a cmdlet, function,\r\n\
                   script file, or operable program.\r\nAt line:1 char:1\r\n+ Get-MpComputerStatus\r\n";
    let german = "Die Benennung \"Get-MpComputerStatus\" wurde nicht als Name eines Cmdlet erkannt.\r\n";
    for (text, says) in [
        (missing, "The term 'Get-MpComputerStatus' is not recognized as the nam…"),
        (german, "Die Benennung \"Get-MpComputerStatus\" wurde nicht als Name ei…"),
    ] {
        let part = part_of("SRV/Get-MpComputerStatus.json", text);
        assert_eq!((part.format, part.rows, part.used()), ("powershell-error", 1, 1));
        assert_eq!(part.notices, [format!("the collector failed: {says}")]);
        let said = said(&part, "SRV");
        assert!(said.contains(&format!("defender.mode: ? the collector failed: {says}")), "{said:?}");
        assert!(said.iter().all(|line| line.contains(": ? the collector failed: ")), "{said:?}");
    }
    let absent = "Get-ItemProperty : Cannot find path 'HKLM:\\SOFTWARE\\x' because it does not exist.\r\n";
    let part = part_of("SRV/key.json", absent);
    assert_eq!((part.rows, part.used(), part.ignored.len()), (1, 0, 1), "a key that is not found proves no value");
}

#[test]
fn times_of_a_country_are_not_guessed() {
    let csv = "\"CSName\",\"Caption\",\"Version\",\"LocalDateTime\"\r\n\"A\",\"Microsoft Windows Server 2016\",\"10.0.14393\",\"05.11.2025 06:10:02\"\r\n";
    let mut reading = Reading::new(catalog().vocabulary());
    let options = Options { date_order: Some(DateOrder::DayFirst), ..Options::default() };
    reading.read(&Source { name: "A/os.csv".to_owned(), bytes: csv.into() }, &options).expect("a reading");
    assert_eq!(reading.parts[0].records[0].seen.at().expect("a time").to_string(), "2025-11-05T06:10:02Z");
    assert_eq!(part_of("A/os.csv", csv).records[0].seen.at(), None);
}

#[test]
fn clixml_that_is_made_to_harm_is_refused() {
    for (text, message) in [
        ("<!DOCTYPE Objs [<!ENTITY a 'x'>]><Objs><S>&a;</S></Objs>".to_owned(), "declares a document type, which no export does"),
        ("<Objs><S>&a;</S></Objs>".to_owned(), "uses an entity `a`, which no export has"),
        (format!("<Objs>{}", "<Obj>".repeat(100)), "nests elements without end"),
        ("<Objs><Obj>".to_owned(), "the XML ends too early"),
        ("<Objs/>".to_owned(), "holds no row"),
        ("<Objs><S>text</S></Objs>".to_owned(), "expected an object for each row"),
        ("<html><body/></html>".to_owned(), "is XML of no export that is known"),
    ] {
        assert_eq!(of("SRV/a.xml", text.clone()).expect_err("an error").message(), message, "{text}");
    }
}
