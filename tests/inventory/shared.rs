//! Rows with the same cells say the same, each of its own server and time.

use super::said::{ignored, part_of, said};

#[test]
fn rows_that_say_the_same_are_of_their_own_servers_and_times() {
    let csv = "ResourceID,Name,Domain,DeviceOS,DeviceOSBuild,IsClient,LastActiveTime\n\
               1,SRV-A,corp.example,Microsoft Windows NT Server 6.3,6.3.9600.0,True,2025-11-20 06:00:00\n\
               2,SRV-B,corp.example,Microsoft Windows NT Server 6.3,6.3.9600.0,True,2025-11-21 06:00:00\n\
               3,PC-C,corp.example,Microsoft Windows NT Workstation 10.0,10.0.19045.1,True,2025-11-21 06:00:00\n\
               4,PC-D,corp.example,Microsoft Windows NT Workstation 10.0,10.0.19045.1,True,2025-11-21 06:00:00\n\
               5,SRV-E,corp.example,Microsoft Windows NT Server 6.3,6.3.9600.0,False,\n";
    let part = part_of("devices.csv", csv);
    let expected = |client: bool| {
        [format!("mecm.client: {client}"), "os.build: 6.3.9600".into(), "os.release: 2012r2".into(), "os.x64: true".into()]
    };
    assert_eq!(said(&part, "srv-a"), expected(true));
    assert_eq!(said(&part, "srv-b"), expected(true));
    assert_eq!(said(&part, "srv-e"), expected(false));
    assert_eq!((part.rows, ignored(&part)), (5, vec!["2 not a Windows Server".to_owned()]));
    let times: Vec<_> = part.records.iter().map(|record| (record.row, record.seen.at().map(|at| at.to_string()))).collect();
    assert_eq!(times, [(2, Some("2025-11-20T06:00:00Z".into())), (3, Some("2025-11-21T06:00:00Z".into())), (6, None)]);
}

#[test]
fn an_age_counts_to_the_time_of_each_row() {
    let csv = "machineId,computerDnsName,avMode,avSignatureUpdateTime,lastSeenTime\n\
               ,a.corp.example,0,2025-11-10T00:00:00Z,2025-11-12T00:00:00Z\n\
               ,b.corp.example,0,2025-11-10T00:00:00Z,2025-11-20T00:00:00Z\n\
               ,c.corp.example,0,2025-11-10T00:00:00Z,\n";
    let part = part_of("health.csv", csv);
    let age = |server: &str| said(&part, server).into_iter().find(|line| line.starts_with("defender.signature_age"));
    assert_eq!(age("a.corp.example").as_deref(), Some("defender.signature_age: 2"));
    assert_eq!(age("b.corp.example").as_deref(), Some("defender.signature_age: 10"));
    assert_eq!(age("c.corp.example"), None);
}

#[test]
fn a_resource_is_that_of_every_row_that_names_it() {
    let id = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Compute/virtualMachines/vm";
    let csv = format!(
        "DeviceName,OSPlatform,AzureResourceId\n\
         a.corp.example,WindowsServer2016,{id}\nb.corp.example,WindowsServer2016,{id}\nc.corp.example,WindowsServer2016,\n"
    );
    let part = part_of("devices.csv", csv);
    let resources: Vec<_> = part.records.iter().map(|record| record.identity.azure.as_deref()).collect();
    let id = id.to_lowercase();
    assert_eq!(resources, [Some(id.as_str()), Some(id.as_str()), None]);
}
