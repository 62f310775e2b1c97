//! Tiny catalogs, and what `docs/proof.md` says of their ways back, worked out by hand.
//!
//! In the comments a server is written as its facts, `tf` for the first true and the second false. Of a way back that leads
//! home every step's outcome must be one from which one can go back again and forward again.

use super::parts::RESTART;
use crate::common::{Tiny, tiny};

/// What a proof must say of the ways back of a catalog.
pub struct Case {
    /// What it is about.
    pub about: &'static str,
    /// The catalog.
    pub catalog: Tiny,
    /// After each step: the ready servers that go back, those that are blocked, those past the point of no return.
    pub counts: Vec<[u128; 3]>,
    /// What fails on the ways back.
    pub refuted: &'static str,
}

/// An action that gives a flag a value, and is achieved where it has it.
fn sets(flag: &str, to: bool) -> String {
    format!("achieved_when: {{ {flag}: {to} }}, effects: [{{ set: {{ {flag}: {to} }} }}]")
}

/// All cases.
pub fn cases() -> Vec<Case> {
    vec![undone(), no_return(), left_out(), blocked(), outstanding(), last_restart()]
}

/// Fact: a. The server f is ready; the step makes it t, which is an exposure that was not there, and is undone to f.
fn undone() -> Case {
    let catalog = tiny().flags("a").goal("{ a: true }").invariant("open", "exposure", "{ a: true }");
    let catalog = catalog.step("s", &format!("{}, undo: {{ action: back }}", sets("a", true))).action("back", &sets("a", false));
    Case { about: "a step that is undone", catalog, counts: vec![[1, 0, 0]], refuted: "" }
}

/// Facts: a, e. Ready are ff, ft and tf. The first step brings a, and can be undone; the second brings e, which is an exposure and
/// stays.
///
/// After the first step every server goes back: ft has the exposure before. After the second step it is new on ff and tf.
fn no_return() -> Case {
    let catalog = tiny().flags("a e").goal("{ a: true, e: true }").invariant("open", "exposure", "{ e: true }");
    let catalog = catalog.step("s", &format!("{}, undo: {{ action: back }}", sets("a", true))).step("t", &sets("e", true));
    let catalog = catalog.action("back", &sets("a", false));
    Case { about: "a point of no return", catalog, counts: vec![[3, 0, 0], [1, 0, 2]], refuted: "" }
}

/// Facts: a, g. Ready are ff and ft, without a guard and with one. The step brings a and the guard, and the two together are an
/// exposure that was not there.
///
/// Taking the guard away by hand ends that and opens another one, of being unguarded. On ff it was there before, and the guard goes;
/// on ft it was not, so that this is left out, and the server stays exposed.
fn left_out() -> Case {
    let catalog = tiny().flags("a g").goal("{ a: true }").invariant("unguarded", "exposure", "{ g: false }");
    let step = "achieved_when: { a: true }, effects: [{ set: { a: true, g: true } }]";
    let left = catalog.invariant("guarded", "exposure", "{ a: true, g: true }");
    let undo = "undo: { by_hand: Remove the guard., effects: [{ set: { g: false } }] }";
    let left = left.step("s", &format!("{step}, {undo}"));
    Case { about: "an undo by hand that is left out", catalog: left, counts: vec![[1, 0, 1]], refuted: "" }
}

/// Facts: a, b. Ready are ff and ft. The step makes a true, which is an exposure, and taking it back requires b.
fn blocked() -> Case {
    let catalog = tiny().flags("a b").goal("{ a: true }").invariant("open", "exposure", "{ a: true }");
    let catalog = catalog.step("s", &format!("{}, undo: {{ action: back }}", sets("a", true)));
    let catalog = catalog.action("back", &format!("requires: {{ b: true }}, {}", sets("a", false)));
    Case { about: "a way back that is blocked", catalog, counts: vec![[1, 1, 0]], refuted: "" }
}

/// Facts: reboot.pending, c, e. The step brings c at once, and e with the restart: an exposure. What is done by hand takes e
/// away now and once more after the restart, when the outstanding effect has brought it.
///
/// All four servers without c are ready. Those without e go back, since e is taken away again; so do those that had it before.
fn outstanding() -> Case {
    let catalog = tiny().flags("c e").goal("{ c: true }").invariant("open", "exposure", "{ e: true }");
    let step = "achieved_when: { c: true }, effects: [{ set: { c: true } }], after_restart: [{ set: { e: true } }]";
    let undo = "undo: { by_hand: Take it back., effects: [{ set: { c: false, e: false } }] }";
    let catalog = catalog.step("s", &format!("{step}, reboot: always, {undo}")).action("restart", RESTART);
    Case { about: "an outstanding effect that is undone by hand", catalog, counts: vec![[4, 0, 0]], refuted: "" }
}

/// Facts: reboot.pending, a, c. What undoes the step takes effect with the last restart, and takes c as well, which no step brings:
/// one cannot go forward again.
///
/// Ready are the servers without a that have c, a restart pending or not.
fn last_restart() -> Case {
    let catalog = tiny().flags("a c").goal("{ a: true, c: true }");
    let catalog = catalog.step("s", &format!("{}, undo: {{ action: back }}", sets("a", true)));
    let back = "achieved_when: { c: false }, after_restart: [{ set: { a: false, c: false } }], reboot: always";
    let catalog = catalog.action("back", back).action("restart", RESTART);
    Case { about: "a last restart after which one cannot go on", catalog, counts: vec![[2, 0, 0]], refuted: "d" }
}
