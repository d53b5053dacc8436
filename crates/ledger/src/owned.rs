//! Files and folders for their owner alone, as each system has them.

pub(crate) use system::{file, folder, is_same, open, sync};

#[cfg(unix)]
mod system {
    use std::fs::{DirBuilder, File, Metadata, OpenOptions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
    use std::path::Path;

    /// The options of a file that is made for its owner.
    pub(crate) fn file() -> OpenOptions {
        let mut how = OpenOptions::new();
        how.mode(0o600);
        how
    }

    /// The maker of a folder that only its owner may enter.
    pub(crate) fn folder() -> DirBuilder {
        let mut how = DirBuilder::new();
        how.mode(0o700);
        how
    }

    /// Opens a file that was asked for its kind before.
    pub(crate) fn open(how: &OpenOptions, path: &Path) -> io::Result<File> {
        how.open(path)
    }

    /// Whether a file that was opened is the one that the name was of before.
    pub(crate) fn is_same(named: &Metadata, opened: &Metadata) -> bool {
        (named.dev(), named.ino()) == (opened.dev(), opened.ino())
    }

    /// Syncs the entries of a folder.
    pub(crate) fn sync(folder: &Path) -> io::Result<()> {
        File::open(folder).and_then(|folder| folder.sync_all())
    }
}

/// There the folder that the files are in says who may read them: below a user's profile it is that user.
#[cfg(windows)]
mod system {
    use std::fs::{DirBuilder, File, Metadata, OpenOptions};
    use std::io;
    use std::os::windows::fs::{MetadataExt, OpenOptionsExt};
    use std::path::Path;

    /// Opens a link itself, and not where it leads (Win32 API, `CreateFileW`).
    const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;

    /// The options of a file that is made for its owner.
    pub(crate) fn file() -> OpenOptions {
        OpenOptions::new()
    }

    /// The maker of a folder that only its owner may enter.
    pub(crate) fn folder() -> DirBuilder {
        DirBuilder::new()
    }

    /// Opens a file that was asked for its kind before.
    pub(crate) fn open(how: &OpenOptions, path: &Path) -> io::Result<File> {
        how.clone()
            .custom_flags(FILE_FLAG_OPEN_REPARSE_POINT)
            .open(path)
    }

    /// Whether a file that was opened is the one that the name was of before.
    pub(crate) fn is_same(named: &Metadata, opened: &Metadata) -> bool {
        opened.is_file() && named.creation_time() == opened.creation_time()
    }

    /// The entries of a folder are in the journal of the file system.
    pub(crate) fn sync(_folder: &Path) -> io::Result<()> {
        Ok(())
    }
}
