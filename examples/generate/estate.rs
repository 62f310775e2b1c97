//! Invented servers, the same for the same seed.

use std::io::{self, Write};

/// A number that looks like chance, for a seed and a position.
fn chance(seed: u64, at: u64) -> u64 {
    let mut mixed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ at.wrapping_add(0x632b_e59b_d9b4_e019);
    for _ in 0..2 {
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    }
    mixed ^ (mixed >> 31)
}

const OLD: &str =
    r#""os.release":"2012r2","os.role":"member_server","os.x64":true,"update.april_2014_rollup":true,"update.ucrt":true"#;
const NEW: &str =
    r#""os.release":"2016","os.role":"member_server","os.x64":true,"defender.feature":"enabled","update.ssu_2021_09":true"#;
const BEFORE: &str =
    r#""sense.onboarded":false,"sense.installed":false,"policy.disable_antispyware":false,"package.msi":"valid""#;

/// What the servers of an ordinary estate have in common, kind by kind; the first kinds are the most frequent.
const KINDS: [&str; 12] = [
    r#""mecm.client":true,"scep.installed":true,"third_party.products":[],"azure.defender_plan":"none","reboot.pending":false"#,
    r#""mecm.client":true,"scep.installed":true,"third_party.products":[],"azure.defender_plan":"none","reboot.pending":true"#,
    r#""mecm.client":true,"scep.installed":false,"third_party.products":[],"azure.defender_plan":"none","reboot.pending":false"#,
    r#""mecm.client":false,"third_party.products":[],"azure.defender_plan":"none","reboot.pending":false,"mma.installed":true"#,
    r#""mecm.client":false,"third_party.products":["Contoso AV"],"third_party.antivirus":"active","azure.defender_plan":"none""#,
    r#""mecm.client":true,"third_party.products":["Contoso AV"],"third_party.antivirus":"active","azure.defender_plan":"none""#,
    r#""mecm.client":false,"third_party.products":[],"azure.defender_plan":"p2","azure.vm":true,"azure.mde_integration":true"#,
    r#""mecm.client":false,"third_party.products":[],"azure.defender_plan":"p1","azure.arc":true,"azure.mde_integration":true"#,
    r#""mecm.client":true,"third_party.products":[],"azure.defender_plan":"none","defender.leftover":true,"scep.installed":true"#,
    r#""mecm.client":true,"third_party.products":[],"azure.defender_plan":"none","network.sensor_urls":false"#,
    r#""third_party.products":[],"azure.defender_plan":"none","network.sensor_urls":true,"reboot.pending":false"#,
    r#""mecm.client":false,"azure.defender_plan":"none","package.onboarding":"interactive","reboot.pending":false"#,
];

/// Snapshots of some 600 bytes in a few dozen classes. Names, builds and ages differ and tell nothing apart.
pub fn snapshots(out: &mut dyn Write, count: u64, seed: u64) -> io::Result<()> {
    for at in 0..count {
        let dice = chance(seed, at);
        // The less of two throws: the first kinds are more frequent.
        let kind = (dice % 12).min(dice / 12 % 12);
        let (base, build, release) = if dice >> 40 & 1 == 0 { (OLD, "6.3.9600", 21_000) } else { (NEW, "10.0.14393", 5_900) };
        head(out, at)?;
        let update = release + (dice >> 20) % 900;
        let age = 4 + (dice >> 30) % 60;
        writeln!(
            out,
            r#"{base},"os.build":"{build}.{update}","defender.signature_age":{age},{BEFORE},{}}}}}"#,
            KINDS[usize::try_from(kind).unwrap_or_default()]
        )?;
    }
    Ok(())
}

fn head(out: &mut dyn Write, at: u64) -> io::Result<()> {
    let minute = at % 60;
    write!(
        out,
        r#"{{"schema":"cutover/snapshot/v1","host":"srv-{at:07}.corp.example","taken_at":"2026-11-20T06:{minute:02}:44Z","source":"collector","facts":{{"#
    )
}

/// Facts of which any values can be combined to tell servers apart.
const DIGITS: [(&str, &[&str]); 16] = [
    ("os.release", &["\"2012r2\"", "\"2016\""]),
    ("defender.service", &["\"absent\"", "\"disabled\"", "\"stopped\"", "\"running\""]),
    ("defender.mode", &["\"none\"", "\"active\"", "\"passive\"", "\"edr_block\""]),
    ("package.msi", &["\"missing\"", "\"invalid\"", "\"valid\""]),
    ("package.onboarding", &["\"missing\"", "\"wrong_kind\"", "\"interactive\"", "\"group_policy\""]),
    ("third_party.antivirus", &["\"none\"", "\"inactive\"", "\"active\""]),
    ("azure.defender_plan", &["\"none\"", "\"p1\"", "\"p2\""]),
    ("defender.feature", &["\"absent\"", "\"removed\"", "\"disabled\"", "\"pending\"", "\"enabled\""]),
    ("reboot.pending", &["false", "true"]),
    ("policy.disable_antispyware", &["false", "true"]),
    ("policy.force_passive", &["false", "true"]),
    ("sense.installed", &["false", "true"]),
    ("mecm.client", &["false", "true"]),
    ("scep.installed", &["false", "true"]),
    ("network.sensor_urls", &["false", "true"]),
    ("mma.sensor", &["false", "true"]),
];

/// Snapshots of some 600 bytes, of which no two are alike: up to 4,423,680, the product of [`DIGITS`].
pub fn distinct(out: &mut dyn Write, count: u64, seed: u64) -> io::Result<()> {
    let all: u64 = DIGITS.iter().map(|(_, values)| values.len() as u64).product();
    for at in 0..count {
        // A prime that divides the product not: every number comes once before any comes again.
        let mut number = (at * 1_234_577 + seed) % all;
        head(out, at)?;
        write!(out, r#""os.role":"member_server","os.x64":true,"third_party.products":["Contoso AV"]"#)?;
        for (fact, values) in DIGITS {
            let value = values[usize::try_from(number % values.len() as u64).unwrap_or_default()];
            number /= values.len() as u64;
            write!(out, r#","{fact}":{value}"#)?;
        }
        writeln!(out, "}}}}")?;
    }
    Ok(())
}

/// A file as `Get-CMDevice | Export-Csv` writes it.
pub fn mecm(out: &mut dyn Write, count: u64, seed: u64) -> io::Result<()> {
    write!(out, "#TYPE IResultObject#SMS_CombinedDeviceResources\r\n")?;
    write!(
        out,
        "\"AADDeviceID\",\"ATPLastConnected\",\"ATPOnboardingState\",\"ATPOrgId\",\"ATPSenseIsRunning\",\"ClientActiveStatus\",\
         \"ClientVersion\",\"CoManaged\",\"DeviceOS\",\"DeviceOSBuild\",\"Domain\",\"EPAntivirusEnabled\",\
         \"EPAntivirusSignatureLastUpdateDateTime\",\"EPAntivirusSignatureLastVersion\",\"EPClientVersion\",\"EPDeploymentState\",\
         \"EPEnabled\",\"EPEngineVersion\",\"EPPendingReboot\",\"EPProductStatus\",\"IsActive\",\"IsClient\",\"IsObsolete\",\
         \"LastActiveTime\",\"LastDDR\",\"LastHardwareScan\",\"Name\",\"ResourceID\",\"SenseID\",\"SerialNumber\",\"SiteCode\",\
         \"SMBIOSGUID\",\"SMSID\",\"SmsProviderObjectPath\",\"BoundaryGroups\"\r\n"
    )?;
    for at in 0..count {
        let dice = chance(seed, at);
        let (system, build) = if dice & 1 == 0 {
            ("Microsoft Windows NT Server 6.3", "6.3.9600.0")
        } else {
            ("Microsoft Windows NT Server 10.0", "10.0.14393.5850")
        };
        let (state, serial, low) = (1 + dice % 5, at + 16_777_000, dice & 0xffff_ffff);
        write!(
            out,
            "\"\",\"2025-11-20 06:10:02\",\"{}\",\"9b1d0c2e-0000-4000-8000-00000000feed\",\"True\",\"1\",\"5.00.9128.1007\",\"False\",\
             \"{system}\",\"{build}\",\"FABRIKAM\",\"True\",\"2025-11-19 03:00:11\",\"1.441.80.0\",\"4.10.209.0\",\"{state}\",\"True\",\
             \"1.1.25100.9002\",\"False\",\"0\",\"True\",\"True\",\"False\",\"2025-11-20 05:58:00\",\"2025-11-20 01:00:00\",\
             \"2025-11-18 23:10:00\",\"SRV-{at:07}\",\"{serial}\",\"\",\"\",\"P01\",\"4C4C4544-0000-2010-8020-{at:012X}\",\
             \"GUID:{low:08X}-0000-4000-8000-{at:012X}\",\"SMS_CM_RES_COLL_SMS00001.ResourceID={serial}\",\"System.String[]\"\r\n",
            dice >> 8 & 1
        )?;
    }
    Ok(())
}

/// An answer of `api/machines`.
pub fn machines(out: &mut dyn Write, count: u64, seed: u64) -> io::Result<()> {
    write!(out, r#"{{"@odata.context":"https://api.security.microsoft.com/api/$metadata#Machines","value":["#)?;
    for at in 0..count {
        let dice = chance(seed, at);
        let (platform, version) = if dice & 1 == 0 { ("WindowsServer2012R2", "6.3") } else { ("WindowsServer2016", "1607") };
        let onboarding = if dice >> 8 & 1 == 0 { "Onboarded" } else { "CanBeOnboarded" };
        write!(
            out,
            r#"{}{{"id":"{dice:016x}{at:024x}","mergedIntoMachineId":null,"isPotentialDuplication":false,"isExcluded":false,"exclusionReason":null,"computerDnsName":"srv-{at:07}.corp.example","firstSeen":"2023-02-11T09:01:00.1234567Z","lastSeen":"2025-11-20T06:12:44.7791856Z","osPlatform":"{platform}","osVersion":null,"osProcessor":"x64","version":"{version}","lastIpAddress":"10.20.0.11","lastExternalIpAddress":"203.0.113.7","agentVersion":"10.8049.22439.1084","osBuild":{},"healthStatus":"Active","deviceValue":"Normal","rbacGroupId":17,"rbacGroupName":"Servers","riskScore":"Low","exposureLevel":"Medium","isAadJoined":false,"aadDeviceId":null,"machineTags":[],"onboardingStatus":"{onboarding}","osArchitecture":"64-bit","managedBy":"Unknown","managedByStatus":"Unknown","ipAddresses":[],"vmMetadata":null}}"#,
            if at == 0 { "" } else { "," },
            if dice & 1 == 0 { 9600 } else { 14393 }
        )?;
    }
    writeln!(out, "]}}")
}
