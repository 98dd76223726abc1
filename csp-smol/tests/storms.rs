//! Storms on this runtime; `ci/storms.sh` runs them with a million values each.

csp_conformance::storms!(csp_smol::Smol, smol::block_on);
