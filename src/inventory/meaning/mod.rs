//! What the values in exports mean, whoever wrote them: one file a subject.

pub(super) mod antivirus;
pub(super) mod features;
pub(super) mod identity;
pub(super) mod os;
pub(super) mod registry;
pub(super) mod sensor;
pub(super) mod services;
pub(super) mod software;
pub(super) mod updates;
