//! A terminal of its own, in which the program runs as a person sees it.

use std::process::{Command, Stdio};

use crate::place::{Place, binary};

/// Runs a command in a terminal of so many columns, and gives everything that was written to it. Of
/// standard error only where `with_notes` says so.
pub fn written(place: &Place, columns: usize, arguments: &str, with_notes: bool) -> String {
    let notes = if with_notes { "" } else { "2>/dev/null" };
    let line = format!(
        "stty cols {columns} rows 50; '{}' {arguments} {notes}",
        binary().display()
    );
    // A terminal of its own, from util-linux.
    let output = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .current_dir(place.path())
        .env_clear()
        .env("HOME", place.path())
        .env("PATH", "/usr/bin:/bin")
        .env("SHELL", "/bin/sh")
        .env("TERM", "xterm-256color")
        .env("DEPLOY_SANDBOX_WEATHER", "calm")
        .stdin(Stdio::null())
        .output()
        .expect("script is a part of util-linux");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The content of a terminal, without colours, which keeps every line that was written.
#[derive(Debug, Default)]
pub struct Terminal {
    /// The lines as they are now.
    pub lines: Vec<String>,
    /// Each line as it was before something took its place, in order.
    pub replaced: Vec<String>,
    columns: usize,
    row: usize,
    column: usize,
}

impl Terminal {
    /// The terminal of so many columns after all this was written to it.
    pub fn after(text: &str, columns: usize) -> Self {
        let mut terminal = Self {
            columns,
            ..Self::default()
        };
        let mut rest = text.chars();
        while let Some(character) = rest.next() {
            match character {
                '\n' => terminal.row += 1,
                '\r' => terminal.column = 0,
                '\u{1b}' => terminal.obey(&mut rest),
                '\u{7}' => {}
                other => terminal.put(other),
            }
        }
        terminal
    }

    fn line(&mut self) -> &mut String {
        if self.lines.len() <= self.row {
            self.lines.resize(self.row + 1, String::new());
        }
        &mut self.lines[self.row]
    }

    fn put(&mut self, character: char) {
        // A full line goes on in the next one when there is more to write.
        if self.column == self.columns {
            self.row += 1;
            self.column = 0;
        }
        let column = self.column;
        let line = self.line();
        let mut characters: Vec<char> = line.chars().collect();
        if characters.len() <= column {
            characters.resize(column + 1, ' ');
        }
        characters[column] = character;
        *line = characters.into_iter().collect();
        self.column += 1;
    }

    /// Obeys a control sequence: those of colours, of clearing a line and of moving up are used.
    fn obey(&mut self, rest: &mut impl Iterator<Item = char>) {
        assert_eq!(rest.next(), Some('['), "only control sequences are known");
        let mut number = String::new();
        let end = loop {
            match rest.next() {
                Some(end) if end.is_ascii_alphabetic() => break end,
                Some(digit) => number.push(digit),
                None => return,
            }
        };
        let count: usize = number.parse().unwrap_or(1);
        match end {
            'A' => self.row = self.row.saturating_sub(count),
            'B' => self.row += count,
            'K' | 'J' => self.clear(),
            'm' | 'h' | 'l' => {}
            other => panic!("an unknown control sequence: {number}{other}"),
        }
    }

    fn clear(&mut self) {
        let before = std::mem::take(self.line());
        if !before.trim().is_empty() {
            self.replaced.push(before.trim_end().to_owned());
        }
    }
}
