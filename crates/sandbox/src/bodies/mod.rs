//! The bytes of objects, apart from the world and its journal: in memory where they are few, in files
//! where they are many.

mod checksum;
mod chunked;
mod files;

pub(crate) use checksum::Hasher;
pub use checksum::{Algorithm, Checksum};
pub(crate) use chunked::{Trailers, decode};
pub(crate) use files::{Arrived, Files, LARGEST};

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// How much of a file is in memory while it is read.
const CHUNK: usize = 256 * 1024;

/// The bytes of an object or of a part. An object that came in parts is the list of their bytes, so
/// that completing an upload copies nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct Body(Vec<Piece>);

#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Held(Bytes),
    Filed(Filed),
}

/// Why a body is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It ends early, or its chunks cannot be read.
    Incomplete,
    /// It is in chunks, and nothing says how long it is without them.
    NoLength,
    /// It has more bytes than [`LARGEST`]: so many until it was refused.
    TooLarge(u64),
    /// The file system failed.
    NotWritten,
}

/// Bytes in a file that is named by their hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Filed {
    /// SHA-256, in hexadecimal.
    pub(crate) sha256: String,
    pub(crate) length: u64,
    /// The folder of the file. The folder of a sandbox may be moved, so it is not written down.
    #[serde(skip)]
    pub(crate) folder: PathBuf,
}

impl Filed {
    fn open(&self) -> io::Result<File> {
        File::open(self.folder.join(&self.sha256))
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(if bytes.is_empty() {
            Vec::new()
        } else {
            vec![Piece::Held(bytes)]
        })
    }
}

impl From<Filed> for Body {
    fn from(filed: Filed) -> Self {
        Self(vec![Piece::Filed(filed)])
    }
}

impl Body {
    /// How many bytes there are.
    pub fn len(&self) -> u64 {
        self.0.iter().map(Piece::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All bytes, in memory.
    pub fn bytes(&self) -> Bytes {
        if let [Piece::Held(bytes)] = self.0.as_slice() {
            return bytes.clone();
        }
        let mut bytes = Vec::new();
        self.read(|chunk| bytes.extend_from_slice(chunk));
        bytes.into()
    }

    /// The bytes of several bodies, one after the other.
    pub(crate) fn joined<'a>(bodies: impl IntoIterator<Item = &'a Self>) -> Self {
        Self(bodies.into_iter().flat_map(|body| body.0.clone()).collect())
    }

    /// Passes all bytes on, in chunks.
    pub(crate) fn read(&self, mut take: impl FnMut(&[u8])) {
        for chunk in self.range(0..self.len()) {
            take(&chunk.expect("the sandbox's files can be read"));
        }
    }

    /// The bytes of a range, in chunks.
    pub(crate) fn range(&self, range: Range<u64>) -> Chunks {
        let mut start = 0;
        let mut sections = Vec::new();
        for piece in &self.0 {
            let end = start + piece.len();
            let (from, to) = (range.start.max(start), range.end.min(end));
            if from < to {
                sections.push((piece.clone(), from - start..to - start));
            }
            start = end;
        }
        sections.reverse();
        Chunks {
            sections,
            open: None,
        }
    }

    /// Whether any of it is in files.
    pub(crate) fn is_filed(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Filed(_)))
    }

    /// Says in which folder its files are.
    pub(crate) fn attach(&mut self, folder: &Path) {
        for piece in &mut self.0 {
            if let Piece::Filed(filed) = piece {
                folder.clone_into(&mut filed.folder);
            }
        }
    }

    /// The names of its files.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Held(_) => None,
            Piece::Filed(filed) => Some(filed.sha256.as_str()),
        })
    }
}

impl Piece {
    fn len(&self) -> u64 {
        match self {
            Self::Held(bytes) => bytes.len() as u64,
            Self::Filed(filed) => filed.length,
        }
    }
}

/// The bytes of a range of a body, at most [`CHUNK`] of a file at a time.
///
/// Files are read where the chunk is asked for, also in asynchronous code: they are local and were
/// written a moment ago, so that a thread of its own for each chunk costs more than the read.
#[derive(Debug)]
pub(crate) struct Chunks {
    /// The last comes first.
    sections: Vec<(Piece, Range<u64>)>,
    open: Option<(File, u64)>,
}

impl Chunks {
    fn step(&mut self) -> io::Result<Option<Bytes>> {
        if let Some((file, left)) = &mut self.open {
            let length = usize::try_from(*left).unwrap_or(CHUNK).min(CHUNK);
            let mut chunk = vec![0; length];
            file.read_exact(&mut chunk)?;
            *left -= length as u64;
            if *left == 0 {
                self.open = None;
            }
            return Ok(Some(chunk.into()));
        }
        let Some((piece, range)) = self.sections.pop() else {
            return Ok(None);
        };
        match piece {
            Piece::Held(bytes) => Ok(Some(bytes.slice(index(range.start)..index(range.end)))),
            Piece::Filed(filed) => {
                let mut file = filed.open()?;
                file.seek(SeekFrom::Start(range.start))?;
                self.open = Some((file, range.end - range.start));
                self.step()
            }
        }
    }
}

/// A position in bytes that are in memory.
fn index(position: u64) -> usize {
    usize::try_from(position).expect("what is in memory has an address")
}

impl Iterator for Chunks {
    type Item = io::Result<Bytes>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}

/// A body in the world's file: base64, or the list of its pieces where some are in files.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Held(String),
    Pieces(Vec<WrittenPiece>),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum WrittenPiece {
    Held(String),
    Filed(Filed),
}

impl From<Body> for Written {
    fn from(body: Body) -> Self {
        if !body.is_filed() {
            return Self::Held(STANDARD.encode(body.bytes()));
        }
        let pieces = body.0.into_iter().map(|piece| match piece {
            Piece::Held(bytes) => WrittenPiece::Held(STANDARD.encode(bytes)),
            Piece::Filed(filed) => WrittenPiece::Filed(filed),
        });
        Self::Pieces(pieces.collect())
    }
}

impl TryFrom<Written> for Body {
    type Error = base64::DecodeError;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let held = |text: &str| Ok(Bytes::from(STANDARD.decode(text)?));
        match written {
            Written::Held(text) => held(&text).map(Self::from),
            Written::Pieces(pieces) => {
                let pieces = pieces.into_iter().map(|piece| match piece {
                    WrittenPiece::Held(text) => held(&text).map(Piece::Held),
                    WrittenPiece::Filed(filed) => Ok(Piece::Filed(filed)),
                });
                Ok(Self(pieces.collect::<Result<_, _>>()?))
            }
        }
    }
}
