//! The operating system, from the many ways in which exports name it.

use crate::fact::Version;
use crate::inventory::cell::Cell;
use crate::inventory::draft::{Draft, keep};
use crate::suggest::excerpt;

/// The facts that a row with a name of the operating system says something of.
pub(in crate::inventory) const SAYS: &[&str] = &["os.release", "os.build", "os.x64"];
/// The facts that a text of the product says something of.
pub(in crate::inventory) const RELEASE: &[&str] = &["os.release", "os.x64"];
/// The fact that version numbers say something of.
pub(in crate::inventory) const BUILD: &[&str] = &["os.build"];

/// A text that names the product.
pub(in crate::inventory) fn product(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if draft.os.product.is_none() {
        keep(&mut draft.os.product, cell);
    }
}

/// Numbers with dots between them, such as `6.3.9600` or `10.0.14393.6897`.
pub(in crate::inventory) fn kernel(draft: &mut Draft<'_>, cell: Cell<'_>) {
    let Some(text) = cell.text() else { return };
    let longer = draft.os.kernel.as_ref().is_none_or(|known| text.matches('.').count() > known.matches('.').count());
    if longer {
        draft.os.kernel = Some(text.into_owned());
    }
}

/// The build number alone.
pub(in crate::inventory) fn build(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.os.build, cell);
}

/// The revision alone.
pub(in crate::inventory) fn revision(draft: &mut Draft<'_>, cell: Cell<'_>) {
    keep(&mut draft.os.revision, cell);
}

/// The kind of Windows by number: a workstation, a domain controller or a member server.
pub(in crate::inventory) fn product_type(draft: &mut Draft<'_>, cell: Cell<'_>) {
    match cell.text().as_deref() {
        Some("1") => draft.value("os.role", "workstation"),
        Some("2") => draft.value("os.role", "domain_controller"),
        Some("3") => draft.value("os.role", "member_server"),
        _ => {}
    }
}

/// How much of Windows is installed, in the words of the registry.
pub(in crate::inventory) fn installation_type(draft: &mut Draft<'_>, cell: Cell<'_>) {
    match cell.text().as_deref() {
        Some("Server") => draft.flag("os.core", false),
        Some("Server Core") => draft.flag("os.core", true),
        _ => {}
    }
}

/// How wide Windows is.
pub(in crate::inventory) fn architecture(draft: &mut Draft<'_>, cell: Cell<'_>) {
    let Some(text) = cell.text() else { return };
    match text.to_ascii_lowercase().as_str() {
        "x64" | "64-bit" | "amd64" | "x86_64" => draft.flag("os.x64", true),
        "x86" | "32-bit" => draft.flag("os.x64", false),
        _ => {}
    }
}

/// The builds of the releases of Windows Server.
const BUILDS: [(&str, &str, &str); 6] = [
    ("9200", "6.2", "2012"),
    ("9600", "6.3", "2012r2"),
    ("14393", "10.0", "2016"),
    ("17763", "10.0", "2019"),
    ("20348", "10.0", "2022"),
    ("26100", "10.0", "2025"),
];

/// Which family of systems it is of, in one word.
pub(in crate::inventory) fn family(draft: &mut Draft<'_>, cell: Cell<'_>) {
    if cell.text().is_some_and(|text| !text.eq_ignore_ascii_case("windows")) {
        draft.ignore("not Windows");
    }
}

/// What a name of a product says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Product {
    /// A release of Windows Server, as the fact names it.
    Server(&'static str),
    /// Some Windows Server.
    SomeServer,
    /// A Windows for people.
    Client,
    /// Something that is no Windows.
    Other,
    /// A text that does not say.
    Unclear,
}

fn product_named(text: &str) -> Product {
    let name: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if !name.contains("win") {
        let other = ["linux", "ubuntu", "debian", "centos", "suse", "macos", "ios", "android", "darwin", "esxi", "solaris"];
        let is_other = other.iter().any(|word| name.contains(word));
        return if is_other { Product::Other } else { Product::Unclear };
    }
    if name.contains("darwin") {
        return Product::Other;
    }
    // VMware has one word for 2016 and everything after it, and one for 2012 and 2012 R2.
    if name.contains("orlater") {
        return Product::SomeServer;
    }
    let releases = [
        ("2012r2", "2012r2"),
        ("2012", "2012"),
        ("2016", "2016"),
        ("2019", "2019"),
        ("2022", "2022"),
        ("2025", "2025"),
        ("2008", "other"),
        ("2003", "other"),
    ];
    if let Some((_, release)) = releases.iter().find(|(year, _)| name.contains(year)) {
        return Product::Server(release);
    }
    // Configuration Manager names the kernel.
    if name.contains("server") && !name.contains("100") {
        match &name[name.len().saturating_sub(2)..] {
            "63" => return Product::Server("2012r2"),
            "62" => return Product::Server("2012"),
            _ => {}
        }
    }
    if name.contains("server") {
        return Product::SomeServer;
    }
    let clients = ["windows11", "windows10", "windows8", "windows7", "windowsvista", "windowsxp", "workstation"];
    if clients.iter().any(|client| name.contains(client)) { Product::Client } else { Product::Unclear }
}

/// What the pieces say together.
pub(in crate::inventory) fn finish(draft: &mut Draft<'_>) {
    let os = std::mem::take(&mut draft.os);
    let version = version(os.kernel.as_deref(), os.build.as_deref(), os.revision.as_deref());
    let build = version.as_deref().and_then(|version| version.split('.').nth(2));
    let by_build = build.and_then(|build| BUILDS.iter().find(|(known, ..)| *known == build)).map(|(.., release)| *release);
    let product = os.product.as_deref().map(product_named);
    match product {
        Some(Product::Client) => return draft.ignore("not a Windows Server"),
        Some(Product::Other) => return draft.ignore("not Windows"),
        _ => {}
    }
    let is_server = matches!(product, Some(Product::Server(_) | Product::SomeServer));
    let release = match (&product, by_build) {
        // The old name is of both releases where what wrote it cannot tell them apart.
        (Some(Product::Server("2012")), Some("2012r2")) => Some("2012r2"),
        (Some(Product::Server(named)), Some(release)) if *named != release => {
            let text = excerpt(os.product.as_deref().unwrap_or_default());
            draft.unknown("os.release", format!("the source says `{text}` and a build of {release}"));
            None
        }
        (Some(Product::Server(named)), _) => Some(*named),
        // Clients share build numbers with servers.
        (Some(Product::SomeServer), Some(release)) => Some(release),
        (_, Some(release)) if matches!(release, "2012" | "2012r2") && is_server => Some(release),
        (None | Some(Product::Unclear), _) if os.product.is_some() || version.is_some() => {
            let said = os.product.as_deref().or(version.as_deref()).unwrap_or_default();
            draft.unknown("os.release", format!("`{}` does not tell which Windows Server it is", excerpt(said)));
            None
        }
        (Some(Product::SomeServer), None) => {
            let said = excerpt(os.product.as_deref().unwrap_or_default());
            draft.unknown("os.release", format!("`{said}` does not tell which Windows Server it is"));
            None
        }
        _ => None,
    };
    if let Some(release) = release {
        draft.value("os.release", release);
        // There are no 32-bit editions of these.
        if release != "other" && draft.says("os.x64").is_none() {
            draft.flag("os.x64", true);
        }
    }
    if let Some(version) = version {
        draft.value("os.build", &version);
    }
}

/// The version with as many parts as are known. A revision of zero is what sources write that did not look.
fn version(kernel: Option<&str>, build: Option<&str>, revision: Option<&str>) -> Option<String> {
    let mut parts: Vec<&str> = kernel.map(|kernel| kernel.trim().split('.').collect()).unwrap_or_default();
    let numeric = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !parts.iter().all(numeric) {
        parts.clear();
    }
    // Five numbers: the fourth is the zero of a product version, the fifth the revision.
    if let [major, minor, build, "0", revision] = parts[..] {
        parts = vec![major, minor, build, revision];
    }
    if parts.len() < 3 {
        let build = build.map(str::trim).filter(|build| numeric(build))?;
        let line = BUILDS.iter().find(|(known, ..)| *known == build).map(|(_, line, _)| *line);
        let line = line.or((parts.len() == 2).then_some(kernel.unwrap_or_default()))?;
        parts = line.split('.').chain([build]).collect();
    }
    parts.truncate(4);
    if parts.len() == 3 {
        parts.extend(revision.map(str::trim).filter(|revision| numeric(revision)));
    }
    if parts.len() == 4 && parts[3] == "0" {
        parts.pop();
    }
    let version = parts.join(".");
    version.parse::<Version>().is_ok().then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_knows_the_releases_by_every_name() {
        for (text, expected) in [
            ("WindowsServer2012R2", Product::Server("2012r2")),
            ("Microsoft Windows Server 2012 R2 Standard", Product::Server("2012r2")),
            ("windows_server_2012_r2", Product::Server("2012r2")),
            ("Windows 2016 Standard", Product::Server("2016")),
            ("Win 2012 R2", Product::Server("2012r2")),
            ("Microsoft Windows Server 2016 or later (64-bit)", Product::SomeServer),
            ("Microsoft Windows NT Server 10.0", Product::SomeServer),
            ("Microsoft Windows NT Server 6.3", Product::Server("2012r2")),
            ("Microsoft Windows NT Workstation 10.0", Product::Client),
            ("Windows10", Product::Client),
            ("Ubuntu", Product::Other),
            ("macOS", Product::Other),
            ("Windows", Product::Unclear),
        ] {
            assert_eq!(product_named(text), expected, "{text}");
        }
    }

    #[test]
    fn it_never_takes_a_revision_of_zero_for_one() {
        assert_eq!(version(Some("6.3.9600.0"), None, None).as_deref(), Some("6.3.9600"));
        assert_eq!(version(Some("10.0.14393.6897"), None, None).as_deref(), Some("10.0.14393.6897"));
        assert_eq!(version(Some("10.0.14393.0.6897"), None, None).as_deref(), Some("10.0.14393.6897"));
        assert_eq!(version(Some("10.0.14393.0.0"), None, None).as_deref(), Some("10.0.14393"));
        assert_eq!(version(Some("6.3"), Some("9600"), None).as_deref(), Some("6.3.9600"));
        assert_eq!(version(Some("1607"), Some("14393"), Some("6897")).as_deref(), Some("10.0.14393.6897"));
        assert_eq!(version(None, Some("14393"), None).as_deref(), Some("10.0.14393"));
        assert_eq!(version(Some("NT"), None, None), None);
        assert_eq!(version(None, Some("12345"), None), None);
    }
}
