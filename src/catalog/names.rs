//! The names that a catalog uses after a `$`: parameters of scenarios and arguments of actions.

use crate::condition::ParameterId;
use crate::yaml::Span;
use std::collections::HashMap;
use std::sync::Arc;

/// Every name that stands after a `$`, in the order of first use.
#[derive(Clone, Debug, Default)]
pub struct ParameterNames {
    names: Vec<Arc<str>>,
    by_name: HashMap<Arc<str>, ParameterId>,
    uses: Vec<Use>,
}

/// One use of a name.
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub(super) parameter: ParameterId,
    pub(super) span: Span,
}

impl ParameterNames {
    /// The id of a name, new where it was not used before.
    pub(super) fn intern(&mut self, name: &str) -> ParameterId {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        let id = ParameterId(u16::try_from(self.names.len()).unwrap_or(u16::MAX));
        let name: Arc<str> = Arc::from(name);
        self.names.push(Arc::clone(&name));
        self.by_name.insert(name, id);
        id
    }

    /// The id of a name used at a place.
    pub(super) fn used(&mut self, name: &str, span: Span) -> ParameterId {
        let parameter = self.intern(name);
        self.uses.push(Use { parameter, span });
        parameter
    }

    pub(super) fn uses(&self) -> &[Use] {
        &self.uses
    }

    /// The parameter of that name.
    pub fn find(&self, name: &str) -> Option<ParameterId> {
        self.by_name.get(name).copied()
    }

    /// The parameter's name.
    pub fn name(&self, parameter: ParameterId) -> &str {
        &self.names[parameter.index()]
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// True where no name is used.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
