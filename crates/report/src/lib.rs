//! Plans, findings and events as text, JSON, Markdown, SARIF, JUnit and HTML.

pub mod finding_text;
