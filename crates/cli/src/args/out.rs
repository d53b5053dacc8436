//! Files that a run's result is written to, each in the form that its ending names.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use super::ResultFormat;

/// `--out`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Out {
    /// Also write the result to a file, by its ending as JSON (`.json`), Markdown (`.md`), JUnit (`.xml`)
    /// or a page (`.html`); may be repeated
    #[arg(long = "out", value_name = "FILE")]
    pub(crate) files: Vec<OutFile>,
}

/// A file, and its form.
#[derive(Clone, Debug)]
pub(crate) struct OutFile {
    pub(crate) path: PathBuf,
    pub(crate) form: ResultFormat,
}

impl FromStr for OutFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = PathBuf::from(text);
        let ending = path.extension().and_then(|ending| ending.to_str());
        let form = match ending {
            Some("json") => ResultFormat::Json,
            Some("md") => ResultFormat::Markdown,
            Some("xml") => ResultFormat::Junit,
            Some("html") => ResultFormat::Html,
            _ => return Err("a file that ends with .json, .md, .xml or .html".to_owned()),
        };
        Ok(Self { path, form })
    }
}
