//! The files of a directory tree, one at a time and in the order of their paths' bytes.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::{fs, io, vec};

/// Gives the path of each regular file below a directory, as `find DIR -type f | LC_ALL=C sort`
/// would, and the directories that could not be read.
///
/// Of the tree, it keeps the names that are still to be visited in the directories it is in: those
/// between the root and the current file. Symbolic links are not followed.
pub struct Walk {
    open: Vec<Directory>,
}

/// A directory that is being visited.
struct Directory {
    /// Ends in a slash.
    path: OsString,
    names: vec::IntoIter<OsString>,
}

impl Walk {
    /// A walk below `root`.
    ///
    /// If `root` itself is a symbolic link, there is nothing below it, as with `find`; `link/` is the
    /// directory that it leads to.
    pub fn new(root: &OsStr) -> io::Result<Self> {
        let mut open = Vec::new();
        if !fs::symlink_metadata(root)?.is_symlink() {
            let mut path = root.to_owned();
            if !ends_in_slash(root) {
                path.push("/");
            }
            open.push(Directory::read(path)?);
        }
        Ok(Walk { open })
    }
}

impl Iterator for Walk {
    type Item = Result<PathBuf, (PathBuf, io::Error)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let directory = self.open.last_mut()?;
            let Some(name) = directory.names.next() else {
                self.open.pop();
                continue;
            };
            let mut path = directory.path.clone();
            path.push(&name);
            if !ends_in_slash(&name) {
                return Some(Ok(path.into()));
            }
            match Directory::read(path.clone()) {
                Ok(directory) => self.open.push(directory),
                Err(error) => return Some(Err((path.into(), error))),
            }
        }
    }
}

impl Directory {
    /// Reads the names of the files and, with a slash at the end, of the directories.
    ///
    /// The slash is also what makes the order that of the whole paths, where `a.txt` comes before
    /// `a/b`.
    fn read(path: OsString) -> io::Result<Self> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&path)? {
            let entry = entry?;
            let mut name = entry.file_name();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => name.push("/"),
                Ok(kind) if !kind.is_file() => continue,
                // If its kind cannot be told, it will not open either, and that is reported.
                Ok(_) | Err(_) => {}
            }
            names.push(name);
        }
        names.sort_unstable();
        let names = names.into_iter();
        Ok(Directory { path, names })
    }
}

fn ends_in_slash(path: &OsStr) -> bool {
    path.as_encoded_bytes().ends_with(b"/")
}
