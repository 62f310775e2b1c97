//! Cutover plans, proves and rehearses the migration of Windows servers to the unified Microsoft Defender for Endpoint
//! solution.
//!
//! Data flows one way through the rooms: [`fact`] says what can be known of a server, [`condition`] tests it, [`catalog`]
//! holds the knowledge as data, [`plan`] decides, [`simulate`] shows every state on the way, [`report`] renders and [`cli`]
//! talks to people. The rooms up to `simulate` are pure: no clock, no files, no randomness, no printing.

pub mod catalog;
pub mod cli;
pub mod condition;
pub mod fact;
pub mod plan;
pub mod report;
pub mod simulate;
mod suggest;
pub mod yaml;
