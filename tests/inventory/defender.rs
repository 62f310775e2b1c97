//! The Defender portal, its API, and advanced hunting.

use super::said::{of_kind, part, read_text, said};
use cutover::inventory::Standing;

#[test]
fn the_portal_does_not_say_which_sensor_is_onboarded() {
    for file in ["01-mde/devices-portal-export.32col.csv", "01-mde/devices-portal-export.23col-older.csv"] {
        let part = part(file);
        assert_eq!((part.format, part.rows, part.used()), ("defender-devices-csv", 6, 6), "{file}");
        assert_eq!(
            said(&part, "srv-app01.corp.fabrikam.example"),
            [
                "attach.enrolled: ? the portal says that it is managed by `Unknown`",
                "os.build: 6.3.9600",
                "os.release: 2012r2",
                "os.x64: true",
                "sense.onboarded: ? onboarded in the portal, but this export does not say by which of the two sensors",
            ]
        );
        assert!(said(&part, "srv-file04").contains(&"sense.onboarded: false".to_owned()), "it can be onboarded");
        let web = said(&part, "srv-web03.corp.fabrikam.example");
        assert!(web.contains(&"azure.arc: true".to_owned()) && web.contains(&"attach.enrolled: true".to_owned()), "{web:?}");
        let inactive: Vec<_> = part.records.iter().filter(|record| record.claims.standing == Standing::Inactive).collect();
        assert_eq!(inactive.len(), 1);
        assert_eq!(inactive[0].identity.mde.as_deref(), Some("bfb77339cbd8f43b61a1c8a81c6ce76630fc2eef"));
    }
}

#[test]
fn the_api_tells_the_sensors_apart_by_their_version() {
    let part = part("01-mde/api-machines.json");
    assert_eq!(part.format, "defender-machines");
    let app = said(&part, "srv-app01.corp.fabrikam.example");
    for line in ["mma.sensor: true", "mma.installed: true", "sense.onboarded: false", "sense.version: 10.3720.16299.2028"] {
        assert!(app.contains(&line.to_owned()), "{line}: {app:?}");
    }
    let web = said(&part, "srv-web03.corp.fabrikam.example");
    for line in ["mma.sensor: false", "sense.installed: true", "sense.onboarded: true"] {
        assert!(web.contains(&line.to_owned()), "{line}: {web:?}");
    }
}

#[test]
fn the_antivirus_health_is_of_servers_with_the_unified_solution() {
    for file in [
        "01-mde/api-deviceavinfo.json",
        "01-mde/infogathering-export.part-00001.json",
        "02-hunting/ndjson.DeviceTvmInfoGathering.json",
    ] {
        let web = said(&part(file), "srv-web03.corp.fabrikam.example");
        for line in [
            "defender.mode: passive",
            "defender.platform: 4.18.25100.9006",
            "defender.service: running",
            "defender.signature_age: 0",
            "os.release: 2016",
            "sense.installed: true",
        ] {
            assert!(web.contains(&line.to_owned()), "{file}: {line}: {web:?}");
        }
    }
}

#[test]
fn software_that_is_not_listed_is_not_taken_to_be_absent() {
    let part = part("01-mde/api-softwareinventorybymachine.json");
    let app = said(&part, "srv-app01.corp.fabrikam.example");
    assert_eq!(
        app,
        ["mma.installed: true", "os.build: 6.3.9600.21503", "os.release: 2012r2", "os.x64: true", "scep.installed: true",]
    );
    let sql = said(&part, "srv-sql02.corp.fabrikam.example");
    assert!(
        sql.iter().any(|line| line.starts_with("third_party.products: ? `endpoint_shield` of `contosoav` may be")),
        "{sql:?}"
    );
    assert!(sql.iter().any(|line| line.starts_with("mecm.client: ? ")), "{sql:?}");
}

#[test]
fn hunting_is_the_same_in_every_container() {
    let portal = part("02-hunting/portal-export.DeviceInfo.csv");
    for file in ["02-hunting/graph-api.DeviceInfo.json", "02-hunting/xdr-api.DeviceInfo.json"] {
        let api = part(file);
        assert_eq!((api.format, api.rows), (portal.format, portal.rows), "{file}");
        for server in ["srv-app01", "srv-sql02", "srv-web03", "srv-az05"] {
            let name = format!("{server}.corp.fabrikam.example");
            assert_eq!(said(&api, &name), said(&portal, &name), "{file}: {server}");
        }
    }
    let web = said(&portal, "srv-web03.corp.fabrikam.example");
    assert!(web.contains(&"os.build: 10.0.14393.6897".to_owned()), "{web:?}");
    let az = said(&portal, "srv-az05.corp.fabrikam.example");
    assert!(az.contains(&"azure.vm: true".to_owned()) && az.contains(&"azure.arc: false".to_owned()), "{az:?}");
    let merged = portal.records.iter().filter(|record| matches!(record.claims.standing, Standing::Merged(_))).count();
    assert_eq!(merged, 1);
}

#[test]
fn rows_of_several_kinds_in_one_stream_are_each_read_as_their_own() {
    let wrapped = |table: &str, row: &str| format!(r#"{{"category": "AdvancedHunting-{table}", "properties": {row}}}"#);
    let text = [
        wrapped("DeviceInfo", r#"{"DeviceName": "a.example", "OSPlatform": "WindowsServer2016"}"#),
        wrapped(
            "DeviceTvmSoftwareInventory",
            r#"{"DeviceName": "a.example", "OSPlatform": "WindowsServer2016", "SoftwareVendor": "microsoft", "SoftwareName": "monitoring_agent"}"#,
        ),
    ];
    let parts = read_text("x.json", &text.join("\n"));
    assert_eq!(
        said(of_kind(&parts, "defender-software"), "a.example"),
        ["mma.installed: true", "os.release: 2016", "os.x64: true"]
    );
    assert_eq!(of_kind(&parts, "hunting-devices").rows, 1);
}
