//! What `sha256sum` does: a file's digest, and the line that says it.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

pub type Hash = [u8; 32];

/// The digest of a file's contents, read piece by piece as long as `wanted` says so.
pub fn hash_file(path: &Path, wanted: impl Fn() -> bool) -> io::Result<Hash> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    while wanted() {
        match file.read(&mut piece) {
            Ok(0) => return Ok(hasher.finalize().into()),
            Ok(n) => hasher.update(&piece[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("nobody waits for its digest"))
}

/// The line of `sha256sum`, byte for byte: a name with a backslash or a line's end in it is escaped,
/// and a backslash in front of the line says so.
pub fn line(hash: &Hash, path: &Path) -> Vec<u8> {
    let mut name = Vec::new();
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'\\' => name.extend(br"\\"),
            b'\n' => name.extend(br"\n"),
            b'\r' => name.extend(br"\r"),
            _ => name.push(byte),
        }
    }
    let mut line = Vec::new();
    if name.len() > path.as_os_str().len() {
        line.push(b'\\');
    }
    for byte in hash {
        line.extend(format!("{byte:02x}").bytes());
    }
    line.extend(b"  ");
    line.extend(name);
    line.push(b'\n');
    line
}
