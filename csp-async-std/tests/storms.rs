//! Storms on this runtime; `ci/storms.sh` runs them with a million values each.

csp_conformance::storms!(csp_async_std::AsyncStd, async_std::task::block_on);
