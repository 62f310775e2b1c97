//! Loading a catalog: the built-in one, or the files of a directory.

use super::Catalog;
use super::action::actions;
use super::article::{Article, article};
use super::check;
use super::conditions::Names;
use super::facts::{rules, vocabulary};
use super::finding::{Code, Finding};
use super::invariants::invariants;
use super::names::ParameterNames;
use super::probe::{Probes, probes};
use super::reader::Reader;
use super::scenario::scenario;
use crate::yaml::{self, Kind, Node, Span};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A file of a catalog.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its path within the catalog, with `/` between the parts.
    pub path: Arc<str>,
    /// Its text.
    pub text: Cow<'static, str>,
    compiled: Option<&'static str>,
}

impl SourceFile {
    /// A file by its path within the catalog.
    pub fn new(path: &str, text: String) -> Self {
        Self { path: Arc::from(path), text: Cow::Owned(text), compiled: None }
    }
}

/// A file of the catalog that is compiled in.
struct BuiltIn {
    path: &'static str,
    text: &'static str,
    compiled: &'static str,
}

static BUILT_IN: &[BuiltIn] = include!(concat!(env!("OUT_DIR"), "/catalog.rs"));

/// A catalog that cannot be used, with everything that is wrong with it.
#[derive(Clone, Debug)]
pub struct CatalogError {
    /// What is wrong, in the order of the files.
    pub findings: Vec<Finding>,
}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.findings.as_slice() {
            [] => f.write_str("the catalog cannot be used"),
            [only] => write!(f, "{only}"),
            [first, rest @ ..] => write!(f, "{first} (and {} more)", rest.len()),
        }
    }
}

impl std::error::Error for CatalogError {}

const FACTS: &str = "catalog/facts.yaml";
const ACTIONS: &str = "catalog/actions.yaml";
const INVARIANTS: &str = "catalog/invariants.yaml";
const ARTICLE: &str = "catalog/article.yaml";

impl Catalog {
    /// The catalog that is compiled in.
    ///
    /// # Errors
    ///
    /// Never in a build whose tests passed; where the built-in files are damaged, what is wrong with them.
    pub fn built_in() -> Result<Self, CatalogError> {
        let file = |file: &BuiltIn| SourceFile {
            path: Arc::from(file.path),
            text: Cow::Borrowed(file.text),
            compiled: Some(file.compiled),
        };
        let mut findings = Vec::new();
        let catalog = read(BUILT_IN.iter().map(file).collect(), &mut findings);
        if findings.is_empty() { Ok(catalog) } else { Err(CatalogError { findings }) }
    }

    /// The built-in files as they are written, to read or to start a catalog of one's own from.
    pub fn built_in_files() -> impl Iterator<Item = SourceFile> {
        BUILT_IN.iter().map(|file| SourceFile::new(file.path, file.text.to_owned()))
    }

    /// Reads and checks a catalog of one's own.
    ///
    /// # Errors
    ///
    /// With everything that is wrong with it.
    pub fn from_files(files: Vec<SourceFile>) -> Result<Self, CatalogError> {
        let (catalog, findings) = Self::check_files(files);
        if findings.is_empty() { Ok(catalog) } else { Err(CatalogError { findings }) }
    }

    /// Reads and checks a catalog, and returns what could be read of it together with everything that is wrong.
    pub fn check_files(mut files: Vec<SourceFile>) -> (Self, Vec<Finding>) {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut findings = Vec::new();
        let catalog = read(files, &mut findings);
        // What was misread would only produce findings about findings.
        if findings.is_empty() {
            check::check(&catalog, &mut findings);
            findings.extend(catalog.probes().err().into_iter().flat_map(|error| error.findings));
        }
        (catalog, findings)
    }

    /// How facts are seen on a live server.
    ///
    /// # Errors
    ///
    /// Where what the file says of it is wrong.
    pub fn probes(&self) -> Result<Probes, CatalogError> {
        let mut findings = Vec::new();
        let read = required(&self.files, FACTS, &mut findings)
            .map(|(path, root)| probes(&mut Reader::new(&path, &mut findings), &self.vocabulary, &root));
        match read {
            Some(probes) if findings.is_empty() => Ok(probes),
            _ => Err(CatalogError { findings }),
        }
    }

    /// The article, item by item.
    ///
    /// # Errors
    ///
    /// Where its file is missing or wrong.
    pub fn article(&self) -> Result<Article, CatalogError> {
        let mut findings = Vec::new();
        let found = self.files.iter().find(|file| &*file.path == ARTICLE);
        let read = match found.map(|file| (file, tree(file, &mut findings))) {
            Some((file, Some(root))) => article(&mut Reader::new(&file.path, &mut findings), &root),
            Some((_, None)) => None,
            None => {
                findings.push(missing(ARTICLE));
                None
            }
        };
        match read {
            Some(article) if findings.is_empty() => Ok(article),
            _ => Err(CatalogError { findings }),
        }
    }
}

fn missing(path: &str) -> Finding {
    Finding {
        code: Code::MissingFile,
        message: "the file is missing".to_owned(),
        help: Some(
            "a catalog has catalog/facts.yaml, actions.yaml, invariants.yaml, article.yaml and one file a scenario".to_owned(),
        ),
        file: Arc::from(path),
        span: Span::default(),
    }
}

fn tree(file: &SourceFile, findings: &mut Vec<Finding>) -> Option<Node> {
    let parsed = match file.compiled {
        Some(json) => Node::from_json(json).map_err(|error| (error.to_string(), Span::default())),
        None => yaml::parse(&file.text).map_err(|error| (error.message, error.span)),
    };
    match parsed {
        Ok(node) => Some(node),
        Err((message, span)) => {
            findings.push(Finding { code: Code::YamlSyntax, message, help: None, file: Arc::clone(&file.path), span });
            None
        }
    }
}

fn required(files: &[SourceFile], path: &str, findings: &mut Vec<Finding>) -> Option<(Arc<str>, Node)> {
    let Some(file) = files.iter().find(|file| &*file.path == path) else {
        findings.push(missing(path));
        return None;
    };
    tree(file, findings).map(|node| (Arc::clone(&file.path), node))
}

fn read(files: Vec<SourceFile>, findings: &mut Vec<Finding>) -> Catalog {
    let empty = || (Arc::from(FACTS), Node { span: Span::default(), kind: Kind::Map(Vec::new()) });
    let (facts_path, facts_root) = required(&files, FACTS, findings).unwrap_or_else(empty);
    let vocabulary = vocabulary(&mut Reader::new(&facts_path, findings), &facts_root);
    let mut parameters = ParameterNames::default();
    let mut names = Names { vocabulary: &vocabulary, parameters: &mut parameters };
    let (derived, impossible) = rules(&mut Reader::new(&facts_path, findings), &mut names, &facts_root);
    let actions = required(&files, ACTIONS, findings)
        .map_or_else(Vec::new, |(path, root)| actions(&mut Reader::new(&path, findings), &mut names, &root));
    let actions: Vec<Arc<_>> = actions.into_iter().map(Arc::new).collect();
    let (invariants, finding_rules) = required(&files, INVARIANTS, findings)
        .map_or_else(Default::default, |(path, root)| invariants(&mut Reader::new(&path, findings), &mut names, &root));
    let mut scenarios = Vec::new();
    for file in files.iter().filter(|file| !file.path.contains('/')) {
        let Some(root) = tree(file, findings) else { continue };
        let mut reader = Reader::new(&file.path, findings);
        let Some(scenario) = scenario(&mut reader, &mut names, &actions, &root) else { continue };
        if *file.path != format!("{}.yaml", scenario.id) {
            let message = format!("the file of the scenario `{}` must be named `{}.yaml`", scenario.id, scenario.id);
            reader.report(Code::UnknownName, scenario.places.start, message, None);
        }
        scenarios.push(scenario);
    }
    if scenarios.is_empty() {
        let help = Some("put one YAML file a scenario beside the directory `catalog`".to_owned());
        let file = Arc::from("");
        let message = "the catalog has no scenario".to_owned();
        findings.push(Finding { code: Code::MissingFile, message, help, file, span: Span::default() });
    }
    let restart_pending = vocabulary.find("reboot.pending");
    Catalog {
        vocabulary,
        parameters,
        derived,
        impossible,
        actions,
        invariants,
        findings: finding_rules,
        scenarios,
        files,
        restart_pending,
        digest: std::sync::OnceLock::new(),
        lines_about: std::sync::OnceLock::new(),
    }
}

pub(super) fn digest(files: &[SourceFile]) -> String {
    let mut sorted: Vec<_> = files.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    let mut hasher = blake3::Hasher::new();
    for file in sorted {
        hasher.update(file.path.as_bytes());
        hasher.update(&[0]);
        hasher.update(file.text.as_bytes());
        hasher.update(&[0]);
    }
    format!("blake3:{}", hasher.finalize().to_hex())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiled_catalog_is_the_written_one() {
        for file in BUILT_IN {
            let written = yaml::parse(file.text).expect("YAML").to_json();
            assert_eq!(written.to_string(), file.compiled, "{}", file.path);
            assert_eq!(Node::from_json(file.compiled).expect("JSON").to_json(), written, "{}", file.path);
        }
    }

    #[test]
    fn the_digest_depends_on_paths_and_bytes_but_not_on_the_order_of_files() {
        let file = |path: &str, text: &str| SourceFile::new(path, text.to_owned());
        let one = digest(&[file("a.yaml", "x"), file("b.yaml", "y")]);
        assert_eq!(one, digest(&[file("b.yaml", "y"), file("a.yaml", "x")]));
        assert_ne!(one, digest(&[file("a.yaml", "y"), file("b.yaml", "x")]));
        assert_ne!(one, digest(&[file("a.yaml", "xb.yaml"), file("", "y")]));
        assert!(one.starts_with("blake3:"));
    }
}
