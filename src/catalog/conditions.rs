//! Reading conditions: maps of tests, combined with `any`, `all` and `not`.

use super::finding::Code;
use super::names::ParameterNames;
use super::reader::Reader;
use crate::condition::{Comparison, Condition, Operand, Place, Relation, Subject, Test};
use crate::fact::{FactId, FactSpec, FactType, Value, Vocabulary, Word};
use crate::yaml::{Key, Kind, Node, Span};
use std::sync::Arc;

/// What conditions may name.
pub(super) struct Names<'v> {
    pub(super) vocabulary: &'v Vocabulary,
    pub(super) parameters: &'v mut ParameterNames,
}

impl Names<'_> {
    /// Reads a condition. What is wrong with it is reported, and the part left out.
    pub(super) fn condition(&mut self, reader: &mut Reader<'_>, node: &Node) -> Condition {
        let Kind::Map(entries) = &node.kind else {
            reader.report(
                Code::WrongType,
                node.span,
                format!("a condition is a map, found {}", node.kind_name()),
                Some("write { fact: value }, or any:, all:, not:".to_owned()),
            );
            return Condition::always();
        };
        let mut parts: Vec<Condition> = entries.iter().filter_map(|(key, value)| self.entry(reader, key, value)).collect();
        match parts.len() {
            1 => parts.remove(0),
            _ => Condition::All(parts),
        }
    }

    fn entry(&mut self, reader: &mut Reader<'_>, key: &Key, value: &Node) -> Option<Condition> {
        match key.name.as_str() {
            "all" => Some(Condition::All(self.conditions(reader, value))),
            "any" => Some(Condition::Any(self.conditions(reader, value))),
            "not" => Some(Condition::Not(Box::new(self.condition(reader, value)))),
            name => {
                let (subject, spec) = if let Some(parameter) = name.strip_prefix('$') {
                    (Subject::Parameter(self.parameters.used(parameter, key.span)), None)
                } else {
                    let fact = self.fact(reader, name, key.span)?;
                    (Subject::Fact(fact), Some(self.vocabulary.spec(fact)))
                };
                let relation = self.relation(reader, spec, value)?;
                // What was compiled in has no places.
                let known = key.span != Span::default();
                let place = known.then(|| Place { file: Arc::clone(reader.file()), offset: key.span.offset });
                Some(Condition::Test(Arc::new(Test { subject, relation, place })))
            }
        }
    }

    fn conditions(&mut self, reader: &mut Reader<'_>, node: &Node) -> Vec<Condition> {
        reader.list(node).iter().map(|part| self.condition(reader, part)).collect()
    }

    /// Finds a fact by its name, or reports it.
    pub(super) fn fact(&self, reader: &mut Reader<'_>, name: &str, span: Span) -> Option<FactId> {
        let found = self.vocabulary.find(name);
        if found.is_none() {
            let names = self.vocabulary.ids().map(|fact| self.vocabulary.name(fact));
            reader.unknown(Code::UnknownFact, span, "fact", name, names.chain(["any", "all", "not"]));
        }
        found
    }

    fn relation(&mut self, reader: &mut Reader<'_>, spec: Option<&FactSpec>, node: &Node) -> Option<Relation> {
        match &node.kind {
            Kind::List(items) => {
                let operands = items.iter().map(|item| self.operand(reader, spec, item)).collect::<Option<Vec<_>>>()?;
                Some(Relation::OneOf(operands))
            }
            Kind::Map(entries) => self.set_relation(reader, spec, node, entries),
            _ => match node.scalar().and_then(comparison) {
                Some((comparison, rest)) => {
                    let ordered = spec.is_none_or(|spec| matches!(spec.kind(), FactType::Version | FactType::Days));
                    if !ordered {
                        reader.report(Code::WrongType, node.span, "only versions and days can be compared", None);
                        return None;
                    }
                    let operand = self.operand_of_text(reader, spec, rest, node.span)?;
                    Some(Relation::Compare(comparison, operand))
                }
                None => self.operand(reader, spec, node).map(Relation::Is),
            },
        }
    }

    fn set_relation(
        &mut self,
        reader: &mut Reader<'_>,
        spec: Option<&FactSpec>,
        node: &Node,
        entries: &[(Key, Node)],
    ) -> Option<Relation> {
        let [(key, value)] = entries else {
            reader.report(Code::WrongType, node.span, "expected one of contains, lacks or empty", None);
            return None;
        };
        if spec.is_none_or(|spec| spec.kind() != FactType::Set) {
            let help = Some("contains, lacks and empty are tests of sets".to_owned());
            reader.report(Code::WrongType, key.span, format!("`{}` does not fit here", key.name), help);
            return None;
        }
        match key.name.as_str() {
            "contains" => self.element(reader, spec, value).map(Relation::Contains),
            "lacks" => self.element(reader, spec, value).map(Relation::Lacks),
            "empty" => reader.flag(value).map(Relation::Empty),
            other => {
                reader.unknown(Code::UnexpectedKey, key.span, "test", other, ["contains", "lacks", "empty"].into_iter());
                None
            }
        }
    }

    /// An element of a set: a word or a parameter.
    pub(super) fn element(&mut self, reader: &mut Reader<'_>, spec: Option<&FactSpec>, node: &Node) -> Option<Operand> {
        let text = reader.text(node)?;
        if let Some(name) = text.strip_prefix('$') {
            return Some(Operand::Parameter(self.parameters.used(name, node.span)));
        }
        if let Some(spec) = spec.filter(|spec| !spec.values().is_empty()) {
            Self::choice(reader, spec, &text, node.span)?;
        }
        Some(Operand::Literal(Value::Text(Word::from(&*text))))
    }

    /// A value of the fact's type, or a parameter.
    pub(super) fn operand(&mut self, reader: &mut Reader<'_>, spec: Option<&FactSpec>, node: &Node) -> Option<Operand> {
        match (&node.kind, spec.map(FactSpec::kind)) {
            (Kind::Flag(flag), Some(FactType::Flag) | None) => Some(Operand::Literal(Value::Flag(*flag))),
            (Kind::Text(text) | Kind::Number(text), _) => self.operand_of_text(reader, spec, text, node.span),
            (_, kind) => {
                let expected = kind.map_or("a value", FactType::expectation);
                reader.report(Code::WrongType, node.span, format!("expected {expected}, found {}", node.kind_name()), None);
                None
            }
        }
    }

    fn operand_of_text(&mut self, reader: &mut Reader<'_>, spec: Option<&FactSpec>, text: &str, span: Span) -> Option<Operand> {
        if let Some(name) = text.strip_prefix('$') {
            return Some(Operand::Parameter(self.parameters.used(name, span)));
        }
        let Some(spec) = spec else { return Some(Operand::Literal(Value::Text(Word::from(text)))) };
        if spec.kind() == FactType::Choice {
            return Self::choice(reader, spec, text, span).map(|word| Operand::Literal(Value::Choice(word)));
        }
        match Value::from_text(spec, text) {
            Ok(value) => Some(Operand::Literal(value)),
            Err(error) => {
                reader.report(Code::WrongType, span, format!("`{}`: {error}", spec.id()), None);
                None
            }
        }
    }

    fn choice(reader: &mut Reader<'_>, spec: &FactSpec, text: &str, span: Span) -> Option<Arc<str>> {
        match spec.choice(text) {
            Ok(word) => Some(word),
            Err(error) => {
                let help = error
                    .suggestion()
                    .map_or_else(|| format!("it is {}", error.expected()), |near| format!("did you mean `{near}`?"));
                let message = format!("`{}` has no choice `{}`", spec.id(), crate::suggest::excerpt(text));
                reader.report(Code::UnknownChoice, span, message, Some(help));
                None
            }
        }
    }
}

/// Splits a comparison such as `>= 4.18` into its sign and the rest.
pub(super) fn comparison(text: &str) -> Option<(Comparison, &str)> {
    let signs = [Comparison::AtLeast, Comparison::AtMost, Comparison::Above, Comparison::Below];
    signs.into_iter().find_map(|comparison| text.strip_prefix(comparison.sign()).map(|rest| (comparison, rest.trim())))
}
