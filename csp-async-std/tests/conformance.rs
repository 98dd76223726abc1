//! The behaviour every adapter must show.

csp_conformance::suite!(csp_async_std::AsyncStd, async_std::task::block_on);
