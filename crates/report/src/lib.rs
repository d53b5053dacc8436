//! Plans, findings and events as text, JSON, Markdown, SARIF, JUnit and HTML.
