//! Fully known servers, each ready for one scenario, of which a test changes single facts.

use super::view::View;
use cutover::catalog::Catalog;
use cutover::fact::{FactId, FactType, FakeHost, Value};
use cutover::plan::{Assumption, Plan, Request, Start, plan};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The workspace that the old sensor of every server reports to.
pub const WORKSPACE: &str = "3f6b2a10-0000-4000-8000-000000000001";
/// Another workspace.
pub const OTHER_WORKSPACE: &str = "3f6b2a10-0000-4000-8000-000000000002";
/// The tenant that every server must report to.
pub const ORG: &str = "7a1c0000-0000-4000-8000-00000000000a";
/// Another tenant.
pub const OTHER_ORG: &str = "7a1c0000-0000-4000-8000-00000000000b";

/// The catalog that is compiled in.
pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::built_in().expect("the built-in catalog"))
}

/// The servers that [`server`] knows, each ready.
pub const BASES: [&str; 13] = [
    "2012r2-scep",
    "2016-scep",
    "2012r2-mecm-third-party",
    "2016-mecm-third-party",
    "2012r2-mecm-beside",
    "2012r2-standalone",
    "2016-standalone",
    "2012r2-third-party",
    "2016-third-party",
    "2012r2-beside",
    "2012r2-azure",
    "2016-azure",
    "attach",
];

/// What most servers have in common: not migrated, with every file at hand, in nobody's hands.
const COMMON: &[(&str, &str)] = &[
    ("os.role", "member_server"),
    ("os.x64", "true"),
    ("os.core", "false"),
    ("reboot.pending", "false"),
    ("reboot.reasons", ""),
    ("defender.leftover", "false"),
    ("defender.signature_age", "7"),
    ("defender.tamper_protection", "false"),
    ("policy.disable_antispyware", "false"),
    ("policy.force_passive", "false"),
    ("policy.force_passive_enforced", "false"),
    ("policy.assigned", "false"),
    ("sense.installed", "false"),
    ("sense.onboarded", "false"),
    ("sense.autostart", "false"),
    ("sense.version", "10.3720.16299.15"),
    ("sense.org", ""),
    ("mma.installed", "true"),
    ("mma.workspaces", WORKSPACE),
    ("mma.management_groups", ""),
    ("mma.sensor", "true"),
    ("scep.installed", "false"),
    ("third_party.products", ""),
    ("third_party.antivirus", "none"),
    ("third_party.pushed", "false"),
    ("mecm.client", "false"),
    ("mecm.tenant_attach", "false"),
    ("mecm.manages_endpoint_protection", "false"),
    ("mecm.installs_endpoint_protection", "false"),
    ("mecm.site", "2107"),
    ("mecm.collection_member", "false"),
    ("mecm.application_created", "false"),
    ("mecm.application_deployed", "false"),
    ("entra.policy_group", "false"),
    ("attach.enrolled", "false"),
    ("azure.vm", "false"),
    ("azure.arc", "false"),
    ("azure.antimalware", "false"),
    ("azure.mde_integration", "false"),
    ("azure.unified_setting", "false"),
    ("azure.defender_plan", "none"),
    ("package.msi", "valid"),
    ("package.onboarding", "group_policy"),
    ("package.org", ORG),
    ("package.offboarding", "missing"),
    ("network.sensor_urls", "true"),
    ("network.oms_gateway", "false"),
    ("exclusions.mutual", "false"),
];

const ON_2012R2: &[(&str, &str)] = &[
    ("os.release", "2012r2"),
    ("os.build", "6.3.9600.17415"),
    ("update.april_2014_rollup", "true"),
    ("update.ucrt", "false"),
    ("update.ssu_2021_09", "false"),
    ("update.tdh", "6.3.9600.17415"),
    ("defender.feature", "absent"),
    ("defender.service", "absent"),
    ("defender.mode", "none"),
    ("defender.platform", "4.0"),
];

const ON_2016: &[(&str, &str)] = &[
    ("os.release", "2016"),
    ("os.build", "10.0.14393.1198"),
    ("update.april_2014_rollup", "false"),
    ("update.ucrt", "true"),
    ("update.ssu_2021_09", "false"),
    ("update.tdh", "10.0.14393.0"),
    ("defender.feature", "enabled"),
    ("defender.service", "running"),
    ("defender.mode", "active"),
    ("defender.platform", "4.10.14393.1198"),
];

const SCEP: &[(&str, &str)] = &[("scep.installed", "true")];
const MANAGED: &[(&str, &str)] =
    &[("mecm.client", "true"), ("mecm.manages_endpoint_protection", "true"), ("mecm.installs_endpoint_protection", "true")];
const THIRD_PARTY: &[(&str, &str)] =
    &[("third_party.products", "Contoso AV"), ("third_party.antivirus", "active"), ("third_party.pushed", "true")];
const AZURE: &[(&str, &str)] = &[("azure.vm", "true"), ("azure.defender_plan", "p2"), ("azure.mde_integration", "true")];
const MIGRATED: &[(&str, &str)] = &[
    ("mma.workspaces", ""),
    ("mma.sensor", "false"),
    ("sense.installed", "true"),
    ("sense.onboarded", "true"),
    ("sense.autostart", "true"),
    ("sense.version", "10.8210.22621.1011"),
    ("sense.org", ORG),
    ("policy.assigned", "true"),
];
const ATTACHED: &[(&str, &str)] = &[
    ("mecm.client", "true"),
    ("mecm.tenant_attach", "true"),
    ("defender.platform", "4.18.23050.5"),
    ("update.ssu_2021_09", "true"),
    ("os.build", "10.0.14393.5850"),
];

/// A fully known server that is ready for its scenario, with every parameter given.
pub fn server(base: &str) -> Server {
    let release = if base.starts_with("2012r2") { ON_2012R2 } else { ON_2016 };
    let kind = base.trim_start_matches("2012r2-").trim_start_matches("2016-");
    let (scenario, layers): (&str, &[&[(&str, &str)]]) = match kind {
        "scep" => ("mecm-scep", &[SCEP, MANAGED]),
        "mecm-third-party" | "mecm-beside" => ("mecm-third-party-av", &[THIRD_PARTY, MANAGED]),
        "standalone" => ("standalone-mma", &[SCEP]),
        "third-party" | "beside" => ("standalone-third-party-av", &[THIRD_PARTY]),
        "azure" => ("azure-defender", &[AZURE]),
        "attach" => ("mecm-to-defender-attach", &[MIGRATED, ATTACHED]),
        other => panic!("no ready server `{other}`"),
    };
    let mut server =
        Server { scenario: None, facts: BTreeMap::new(), unknown: BTreeMap::new(), letter: false, parameters: Vec::new() };
    for (fact, text) in [COMMON, release].into_iter().chain(layers.iter().copied()).flatten() {
        server.set(fact, text);
    }
    for (name, text) in [("workspace_id", WORKSPACE), ("org_id", ORG)] {
        server = server.parameter(name, text);
    }
    let beside = kind == "beside" || kind == "mecm-beside";
    server.parameter("replace_third_party", if beside { "false" } else { "true" }).named(scenario)
}

/// A server as a test knows it, and what is asked about it.
#[derive(Clone, Debug)]
pub struct Server {
    /// The scenario by name.
    pub scenario: Option<String>,
    /// The facts that are known.
    pub facts: BTreeMap<FactId, Value>,
    /// Why others are not.
    pub unknown: BTreeMap<FactId, String>,
    /// Without the steps that the article lacks.
    pub letter: bool,
    /// The parameters that are given.
    pub parameters: Vec<(Arc<str>, Value)>,
}

impl Server {
    fn fact(name: &str) -> FactId {
        catalog().vocabulary().find(name).unwrap_or_else(|| panic!("no fact `{name}`"))
    }

    fn set(&mut self, fact: &str, text: &str) {
        let id = Self::fact(fact);
        let value = Value::parse(catalog().vocabulary().spec(id), text).unwrap_or_else(|error| panic!("{fact}: {error}"));
        self.facts.insert(id, value);
        self.unknown.remove(&id);
    }

    /// The same server where a fact has another value.
    #[must_use]
    pub fn with(mut self, fact: &str, text: &str) -> Self {
        self.set(fact, text);
        self
    }

    /// The same server where a fact is unknown.
    #[must_use]
    pub fn unknown(self, fact: &str) -> Self {
        self.unknown_because(fact, "not asked")
    }

    /// The same server where a fact is unknown for a reason.
    #[must_use]
    pub fn unknown_because(mut self, fact: &str, reason: &str) -> Self {
        let id = Self::fact(fact);
        self.facts.remove(&id);
        self.unknown.insert(id, reason.to_owned());
        self
    }

    /// The same question with a parameter given.
    #[must_use]
    pub fn parameter(mut self, name: &str, text: &str) -> Self {
        let spec = catalog().parameter(name).unwrap_or_else(|| panic!("no parameter `{name}`"));
        let value = spec.parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        self = self.without_parameter(name);
        self.parameters.push((Arc::from(name), value));
        self
    }

    /// The same question with a parameter not given.
    #[must_use]
    pub fn without_parameter(mut self, name: &str) -> Self {
        self.parameters.retain(|(known, _)| **known != *name);
        self
    }

    /// The same question for a scenario by name.
    #[must_use]
    pub fn named(mut self, scenario: &str) -> Self {
        self.scenario = Some(scenario.to_owned());
        self
    }

    /// The same question with the scenario left to the choice.
    #[must_use]
    pub fn unnamed(mut self) -> Self {
        self.scenario = None;
        self
    }

    /// The server as a host that can be asked.
    pub fn host(&self) -> FakeHost {
        let mut host = FakeHost::new();
        for (fact, reason) in &self.unknown {
            host = host.without(*fact, reason);
        }
        for (fact, value) in &self.facts {
            host.set(*fact, value.clone());
        }
        host
    }

    /// What is known before the first step.
    pub fn start(&self) -> Start {
        Start::observe(catalog(), &self.host(), &[]).expect("nothing is assumed")
    }

    /// What is asked.
    pub fn request(&self) -> Request {
        Request {
            scenario: self.scenario.clone(),
            parameters: self.parameters.clone(),
            without_supplements: self.letter,
            ..Request::default()
        }
    }

    /// Its plan.
    pub fn plan(&self) -> Plan<'static> {
        plan(catalog(), self.start(), self.request())
    }

    /// Its plan, seen through the document.
    pub fn view(&self) -> View {
        View::of(&self.plan())
    }

    /// Its plan under assumptions.
    pub fn assuming(&self, assumptions: &[(&str, &str)]) -> Result<View, String> {
        let assumed = assumptions.iter().map(|(fact, text)| {
            let id = Self::fact(fact);
            Assumption { fact: id, value: Value::parse(catalog().vocabulary().spec(id), text).expect("a value") }
        });
        let assumed: Vec<_> = assumed.collect();
        let start = Start::observe(catalog(), &self.host(), &assumed).map_err(|error| error.to_string())?;
        Ok(View::of(&plan(catalog(), start, self.request())))
    }

    /// Its plan without the steps that the article lacks.
    pub fn to_the_letter(&self) -> View {
        Self { letter: true, ..self.clone() }.view()
    }
}

/// Values of a fact that tests can tell apart, and some that they cannot.
pub fn candidates(fact: FactId) -> Vec<Value> {
    let spec = catalog().vocabulary().spec(fact);
    let texts: Vec<&str> = match (spec.id(), spec.kind()) {
        (_, FactType::Flag) => vec!["false", "true"],
        (_, FactType::Choice) => spec.values().iter().map(|word| &**word).collect(),
        ("os.build", _) => vec![
            "6.3.9600.16384",
            "6.3.9600.17031",
            "6.3.9600.17735",
            "6.3.9600.17736",
            "6.3.9600.21503",
            "10.0.14393.0",
            "10.0.14393.2515",
            "10.0.14393.5850",
            "10.0.17763.1",
        ],
        ("update.tdh", _) => vec!["6.3.9600.16384", "6.3.9600.17957", "6.3.9600.17958", "10.0.14393.0"],
        ("defender.platform", _) => vec!["4.0", "4.10.14393.2515", "4.18.2001.10", "4.18.2106.6", "4.18.23050.5"],
        ("sense.version", _) => vec!["10.3720.16299.15", "10.8210.22621.1011"],
        ("mecm.site", _) => vec!["2006", "2107", "2203"],
        (_, FactType::Version) => vec!["1.0", "2.0"],
        (_, FactType::Days) => vec!["0", "1", "2", "3", "4", "30"],
        (_, FactType::Text) => vec!["", ORG, OTHER_ORG],
        ("mma.workspaces", _) => {
            vec!["", WORKSPACE, OTHER_WORKSPACE, "3f6b2a10-0000-4000-8000-000000000001,3f6b2a10-0000-4000-8000-000000000002"]
        }
        ("reboot.reasons", _) => vec!["", "file_rename", "cbs", "cbs,file_rename", "installer_marker", "ccm"],
        (_, FactType::Set) => vec!["", "Contoso AV", "Contoso AV,Contoso EDR"],
    };
    texts.into_iter().map(|text| Value::parse(spec, text).expect("a value")).collect()
}
