//! The behaviour every adapter must show.

csp_conformance::suite!(csp_smol::Smol, smol::block_on);
