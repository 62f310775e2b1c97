//! Turns the built-in catalog from YAML into JSON, which the program reads much faster, and embeds both.

#[allow(dead_code)]
#[path = "src/yaml.rs"]
mod yaml;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, error, fs};

fn main() -> Result<(), Box<dyn error::Error>> {
    println!("cargo::rerun-if-changed=scenarios");
    println!("cargo::rerun-if-changed=src/yaml.rs");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("scenarios");
    let mut files = Vec::new();
    collect(&root, &root, &mut files)?;
    files.sort();

    let mut embedded = String::from("&[\n");
    for file in files {
        let path = root.join(&file);
        let text = fs::read_to_string(&path)?;
        let tree = yaml::parse(&text).map_err(|error| {
            let line = text[..error.span.offset].lines().count();
            format!("scenarios/{file}:{line}: {}", error.message)
        })?;
        let path = path.to_str().ok_or("the project's path is not UTF-8")?;
        let json = tree.to_json().to_string();
        // Rust's own debug notation is what a Rust literal needs.
        #[allow(clippy::use_debug)]
        writeln!(embedded, "    BuiltIn {{ path: {file:?}, text: include_str!({path:?}), compiled: {json:?} }},")?;
    }
    embedded.push_str("]\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("catalog.rs"), embedded)?;
    Ok(())
}

fn collect(root: &Path, directory: &Path, files: &mut Vec<String>) -> Result<(), Box<dyn error::Error>> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            let relative = path.strip_prefix(root)?.to_str().ok_or("a catalog file's name is not UTF-8")?;
            files.push(relative.replace('\\', "/"));
        }
    }
    Ok(())
}
