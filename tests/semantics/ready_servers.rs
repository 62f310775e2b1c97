//! The servers that other tests start from are what they say.

use crate::common::{BASES, server};
use cutover::plan::Start;

#[test]
fn every_fact_of_a_ready_server_is_known() {
    for base in BASES {
        let start: Start = server(base).start();
        assert!(start.given.iter().all(Option::is_some), "{base}");
    }
}

#[test]
fn every_ready_server_is_ready() {
    for base in BASES {
        let view = server(base).view();
        assert_eq!(view.status(), "ready", "{base}: {:?} {:?}", view.blockers(), view.confirm());
    }
}

#[test]
fn a_ready_server_gets_its_scenario_without_a_name() {
    for base in BASES.into_iter().filter(|base| *base != "attach") {
        let server = server(base);
        let expected = server.scenario.clone();
        assert_eq!(server.unnamed().view().scenario(), expected.as_deref(), "{base}");
    }
}

#[test]
fn no_ready_server_contradicts_itself() {
    for base in BASES {
        let findings = server(base).view().findings();
        assert!(!findings.iter().any(|finding| finding.starts_with("contradictory-facts")), "{base}: {findings:?}");
    }
}
