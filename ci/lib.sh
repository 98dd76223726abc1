# Shared by the scripts beside it: they run from the repository's root and stop at the first error.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Ends a script whose tool cannot be had here.
skip() {
    echo "SKIPPED: $1"
    exit 0
}
