//! How exports name servers. An address names none.

use crate::inventory::cell::Cell;
use crate::inventory::record::Identity;
use std::net::IpAddr;

/// A name: whole, or its first label.
pub(in crate::inventory) fn name(identity: &mut Identity, cell: Cell<'_>) {
    if let Some(text) = cell.text() {
        named(identity, &text);
    }
}

/// Takes a name into an identity.
pub(in crate::inventory) fn named(identity: &mut Identity, text: &str) {
    let name = text.trim().trim_end_matches('.').to_lowercase();
    if name.is_empty() || name == "." || name == "localhost" || name.parse::<IpAddr>().is_ok() {
        return;
    }
    if let Some((first, domain)) = name.split_once('.') {
        identity.short.get_or_insert(first.into());
        identity.domain = Some(domain.into());
        identity.fqdn.get_or_insert(name.into());
    } else {
        identity.short.get_or_insert(name.into());
        complete(identity);
    }
}

/// A domain: its DNS name, or the NetBIOS name. Of several none can be told to be the server's.
pub(in crate::inventory) fn domain(identity: &mut Identity, cell: Cell<'_>) {
    let Some(text) = cell.text() else { return };
    let domain = text.trim().trim_end_matches('.').to_lowercase();
    if domain.is_empty() || domain.contains(',') || domain == "workgroup" {
        return;
    }
    if identity.fqdn.is_none() {
        identity.domain = Some(domain.into());
        complete(identity);
    }
}

/// The whole name, where a first label and a DNS domain are known.
fn complete(identity: &mut Identity) {
    if let (None, Some(short), Some(domain)) = (&identity.fqdn, &identity.short, &identity.domain)
        && domain.contains('.')
    {
        identity.fqdn = Some(format!("{short}.{domain}").into());
    }
}

/// A device id of Defender for Endpoint: forty hexadecimal digits.
pub(in crate::inventory) fn mde(identity: &mut Identity, cell: Cell<'_>) {
    identity.mde = device_id(cell).or(identity.mde.take());
}

/// A device id in lower case, where it is one.
pub(in crate::inventory) fn device_id(cell: Cell<'_>) -> Option<Box<str>> {
    let text = cell.text()?;
    (text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| text.to_ascii_lowercase().into())
}

/// A device id in Entra: a GUID that is not zero. Some payloads hold a device id of Defender here.
pub(in crate::inventory) fn entra(identity: &mut Identity, cell: Cell<'_>) {
    let Some(text) = cell.text() else { return };
    let text = text.trim_matches(['{', '}']).to_ascii_lowercase();
    let is_guid = text.len() == 36
        && text.bytes().enumerate().all(
            |(at, byte)| {
                if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() }
            },
        );
    if is_guid && text.bytes().any(|byte| !matches!(byte, b'0' | b'-')) {
        identity.entra = Some(text.into());
    }
}

/// A resource id in Azure or Azure Arc.
pub(in crate::inventory) fn azure(identity: &mut Identity, cell: Cell<'_>) {
    let Some(text) = cell.text().filter(|text| text.starts_with('/')) else { return };
    // The last part is a name.
    let id = text.trim_end_matches(|last: char| last == '/' || last.is_whitespace());
    if !id.is_empty() {
        identity.azure = Some(id.to_lowercase().into());
    }
}

/// A resource id of a Configuration Manager site. A spreadsheet may have made a rounded number of it.
pub(in crate::inventory) fn mecm(identity: &mut Identity, cell: Cell<'_>) {
    if let Some(text) = cell.text().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit())) {
        identity.mecm = Some(text.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_id_ends_with_a_name() {
        let read = |text| {
            let mut identity = Identity::default();
            azure(&mut identity, Cell::Text(text));
            identity.azure
        };
        assert_eq!(read("/subscriptions/1/VM1").as_deref(), Some("/subscriptions/1/vm1"));
        assert_eq!(read("/subscriptions/1/vm1/ /").as_deref(), Some("/subscriptions/1/vm1"));
        assert_eq!((read("/"), read("vm1")), (None, None));
    }

    fn identity(texts: &[&str]) -> Identity {
        let mut identity = Identity::default();
        for text in texts {
            named(&mut identity, text);
        }
        identity
    }

    #[test]
    fn it_takes_whole_names_and_first_labels() {
        let whole = identity(&["SRV-APP01.Corp.Fabrikam.Example."]);
        assert_eq!(whole.fqdn.as_deref(), Some("srv-app01.corp.fabrikam.example"));
        assert_eq!((whole.short.as_deref(), whole.domain.as_deref()), (Some("srv-app01"), Some("corp.fabrikam.example")));
        assert_eq!(identity(&["SRV-APP01"]).fqdn, None);
        assert_eq!(identity(&["windows-guest."]).short.as_deref(), Some("windows-guest"));
    }

    #[test]
    fn an_address_names_no_server() {
        for address in ["10.20.0.11", "fe80::1", ".", "localhost"] {
            assert!(identity(&[address]).is_empty(), "{address}");
        }
    }
}
