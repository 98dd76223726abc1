//! The behaviour every csp adapter must show, generic over the runtime
