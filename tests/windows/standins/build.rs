//! Gives the program a version resource, which copies of it are stamped in, and leaves the symbols out.

use std::path::PathBuf;
use std::process::Command;
use std::{env, error, fs};

const RESOURCE: &str = r#"
1 VERSIONINFO
FILEVERSION 1,0,0,0
PRODUCTVERSION 1,0,0,0
FILETYPE 0x1
{
    BLOCK "StringFileInfo" {
        BLOCK "040904b0" {
            VALUE "CompanyName", "Lab of Cutover"
            VALUE "FileDescription", "Stand-in of the lab"
            VALUE "ProductName", "Stand-in"
        }
    }
    BLOCK "VarFileInfo" { VALUE "Translation", 0x409, 1200 }
}
"#;

fn main() -> Result<(), Box<dyn error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let source = out.join("version.rc");
    let object = out.join("version.o");
    fs::write(&source, RESOURCE)?;
    let made = Command::new("x86_64-w64-mingw32-windres").arg(&source).args(["-O", "coff"]).arg(&object).status()?;
    if !made.success() {
        return Err("windres did not make the version resource".into());
    }
    println!("cargo::rustc-link-arg-bins={}", object.display());
    println!("cargo::rustc-link-arg=-s");
    Ok(())
}
