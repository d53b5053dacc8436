//! The embedded AWS: in-process, and as a local server with real DNS and HTTPS in front.
