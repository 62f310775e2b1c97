//! Antivirus and EDR products of other vendors, by the names of their software and services.

/// A product.
#[derive(Debug)]
pub struct Product {
    /// What it is called here.
    pub name: &'static str,
    /// It is an antivirus, and not only EDR.
    pub antivirus: bool,
    /// Words of which one begins its name or its vendor's, in lower case without spaces.
    software: &'static [&'static str],
    /// Services by their names, in lower case.
    services: &'static [&'static str],
}

const PRODUCTS: &[Product] = &[
    Product {
        name: "Bitdefender",
        antivirus: true,
        software: &["bitdefender"],
        services: &["epsecurityservice", "epprotectedservice"],
    },
    Product {
        name: "Carbon Black",
        antivirus: true,
        software: &["carbonblack", "vmwarecarbonblack"],
        services: &["cbdefense", "carbonblack"],
    },
    Product {
        name: "Check Point Endpoint Security",
        antivirus: true,
        software: &["checkpointendpointsecurity"],
        services: &["tracsrvwrapper"],
    },
    Product { name: "Cortex XDR", antivirus: true, software: &["cortexxdr"], services: &["cyserver"] },
    Product { name: "CrowdStrike Falcon", antivirus: true, software: &["crowdstrike"], services: &["csfalconservice"] },
    Product { name: "Cybereason", antivirus: true, software: &["cybereason"], services: &["cybereasonactiveprobe"] },
    Product { name: "Cylance", antivirus: true, software: &["cylance"], services: &["cylancesvc"] },
    Product { name: "ESET", antivirus: true, software: &["eset"], services: &["ekrn"] },
    Product { name: "F-Secure", antivirus: true, software: &["f-secure", "withsecure"], services: &["fsma", "fsulhoster"] },
    Product { name: "Kaspersky", antivirus: true, software: &["kaspersky"], services: &["kavfs", "avp"] },
    Product { name: "Malwarebytes", antivirus: true, software: &["malwarebytes"], services: &["mbamservice", "mbendpointagent"] },
    Product {
        name: "McAfee or Trellix Endpoint Security",
        antivirus: true,
        software: &["mcafeeendpointsecurity", "mcafeevirusscan", "trellixendpointsecurity"],
        services: &["mfemms", "mfetp", "mcshield"],
    },
    Product {
        name: "Panda",
        antivirus: true,
        software: &["pandaendpointprotection", "pandaadaptivedefense"],
        services: &["psuaservice", "nanoservicemain"],
    },
    Product { name: "SentinelOne", antivirus: true, software: &["sentinelagent", "sentinelone"], services: &["sentinelagent"] },
    Product {
        name: "Sophos",
        antivirus: true,
        software: &["sophosendpoint", "sophosanti-virus"],
        services: &["savservice", "sophosendpointdefense", "sophosntpservice"],
    },
    Product {
        name: "Symantec Endpoint Protection",
        antivirus: true,
        software: &["symantecendpointprotection"],
        services: &["sepmasterservice"],
    },
    Product {
        name: "Trend Micro",
        antivirus: true,
        software: &["trendmicrodeepsecurityagent", "trendmicroapexone", "trendmicroofficescan"],
        services: &["ds_agent", "ntrtscan"],
    },
    Product { name: "Webroot", antivirus: true, software: &["webrootsecureanywhere"], services: &["wrsvc"] },
    Product { name: "Tanium", antivirus: false, software: &["taniumclient"], services: &[] },
];

/// What a piece of software is.
#[derive(Debug)]
pub enum Kind {
    /// A product that is known.
    Product(&'static Product),
    /// Its name is like that of an antivirus, but it is not known.
    Suspect,
    /// Something else.
    Other,
}

/// What a piece of software by this name and of this vendor is.
pub fn of_software(name: &str, vendor: &str) -> Kind {
    let squeezed = |text: &str| text.chars().filter(|one| !one.is_whitespace() && *one != '_').collect::<String>().to_lowercase();
    let (name, vendor) = (squeezed(name), squeezed(vendor));
    // Some entries of Microsoft's own products name no vendor.
    let own = ["microsoft", "systemcenter"];
    if vendor.starts_with("microsoft") || vendor.is_empty() && own.iter().any(|word| name.starts_with(word)) {
        return Kind::Other;
    }
    let whole = format!("{vendor}{name}");
    let is = |product: &&Product| product.software.iter().any(|word| name.starts_with(word) || whole.starts_with(word));
    if let Some(product) = PRODUCTS.iter().find(is) {
        return Kind::Product(product);
    }
    let words =
        ["antivirus", "anti-virus", "antimalware", "anti-malware", "endpointsecurity", "endpointprotection", "endpointshield"];
    if words.iter().any(|word| name.contains(word)) || vendor.ends_with("av") { Kind::Suspect } else { Kind::Other }
}

/// The product that a service belongs to.
pub fn of_service(name: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.services.iter().any(|service| service.eq_ignore_ascii_case(name)))
}

/// True for a filter driver of another vendor at an altitude that antivirus drivers have. Microsoft gives 320000 to 329999
/// to them; its own are `WdFilter` of Defender and `MpFilter` of SCEP.
pub fn is_antivirus_filter(name: &str, altitude: &str) -> bool {
    let number = altitude.split('.').next().and_then(|whole| whole.parse::<u32>().ok());
    let own = ["WdFilter", "MpFilter"].iter().any(|own| own.eq_ignore_ascii_case(name));
    number.is_some_and(|number| (320_000..330_000).contains(&number)) && !own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_driver_counts_by_its_altitude() {
        assert!(is_antivirus_filter("SRTSP", "329000"));
        assert!(is_antivirus_filter("vendor", "321410.5"));
        assert!(!is_antivirus_filter("wdfilter", "328010"));
        assert!(!is_antivirus_filter("luafv", "135000"));
        assert!(!is_antivirus_filter("odd", "32900x"));
    }

    #[test]
    fn it_knows_products_and_owns_up_to_what_only_looks_like_one() {
        let name = |name, vendor| match of_software(name, vendor) {
            Kind::Product(product) => product.name,
            Kind::Suspect => "suspect",
            Kind::Other => "other",
        };
        assert_eq!(name("Symantec Endpoint Protection", "Symantec Corporation"), "Symantec Endpoint Protection");
        assert_eq!(name("endpoint_protection", "symantec"), "Symantec Endpoint Protection");
        assert_eq!(name("Contoso Endpoint Shield", "Contoso AV Ltd."), "suspect");
        assert_eq!(name("endpoint_shield", "contosoav"), "suspect");
        assert_eq!(name("System Center Endpoint Protection", "Microsoft Corporation"), "other");
        assert_eq!(name("System Center Endpoint Protection", ""), "other");
        assert_eq!(name("System Center Endpoint Protection", "Somebody else"), "suspect");
        assert_eq!(name("7-Zip", "Igor Pavlov"), "other");
    }
}
