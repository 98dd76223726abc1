//! Example programs, each on every runtime
